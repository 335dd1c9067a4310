# What the server says about codings.
coding-error-missing = This is needed.
coding-error-outside = The passage must lie inside the text, which has { $length } code points.
coding-error-empty = The passage must end after it starts.
coding-error-blank = The passage holds nothing but white space.
coding-error-document = There is no such document in this project.
coding-error-code = There is no such code in this project.
coding-error-heading = This code is only a heading; choose one below it.
coding-error-retired = This code is retired; it can no longer be applied.
coding-error-no-scale = This code has no scale, so a coding with it carries no weight.
coding-error-weight = The weight must lie between { $min } and { $max }.
coding-error-memo-long = A memo may have at most { $most } characters.
coding-error-too-many = One request may bring at most { $most } codings.
coding-error-nothing = The request brings no coding.
coding-error-not-yours = This is a colleague's coding. Only its coder, or somebody who leads the project, may change it.
coding-error-text-changed = The text of this document is being corrected just now. Try again.
coding-error-ground-gone = This cannot be taken back any more: its document or code is gone, or the text was corrected since.
coding-paragraphs = { $n ->
    [one] 1 paragraph
   *[other] { $n } paragraphs
  }
