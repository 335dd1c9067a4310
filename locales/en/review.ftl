# Review: layers side by side.
review-lead = The same text, coded by two people: what they share and where they differ.
review-empty = Nothing to compare yet
review-empty-teach = As soon as two coders have coded the same document, their codings can be read side by side here. Assign a document to two coders to begin.
review-column-document = Document
review-column-coders = Coders
review-column-same = The same
review-column-differences = Differences
review-column-open = Compare
review-compare = Compare
review-compare-named = Compare the codings of { $title }
review-note = Differences are counted over all pairs of coders: codings of the same code with other edges, other codes on about the same words, and codings that stand alone. Documents with most come first.
review-back = Back to all documents under review
review-summary = { $differences ->
    [one] 1 difference
   *[other] { $differences } differences
  }, { $same ->
    [one] 1 coding the same
   *[other] { $same } codings the same
  }
review-previous = Previous difference, key p
review-next = Next difference, key n
review-text-of = The text as { $a } and { $b } coded it
review-nothing-here = Neither of the two has coded anything here.
review-paragraph = Paragraph { $n }
review-earlier = Earlier paragraphs
review-later = Later paragraphs
review-panel = What is compared
review-left = On the first side
review-right = On the second side
review-code = Code
review-all-codes = all codes
review-show = Compare
review-only-coded = Only coded paragraphs
review-whole-text = The whole text
review-legend = How codings stand to each other
review-standing-same = same code, same edges
review-standing-range = same code, other edges
review-standing-code = other code here
review-standing-alone = only on this side
review-consensus = Consensus
review-codings = { $n ->
    [one] 1 coding
   *[other] { $n } codings
  }
review-codings-state = { $n ->
    [one] 1 coding
   *[other] { $n } codings
  }, { $state }
# dynamic: review-state-*
review-state-none = not assigned
review-state-todo = not begun
review-state-in_progress = in progress
review-state-done = done
review-comment-on = Comment on paragraph { $n }
review-comment = Comment
review-comment-send = Send
review-differing = { $n ->
    [one] 1 paragraph with differences on this page
   *[other] { $n } paragraphs with differences on this page
  }
review-key-next = next difference
review-key-previous = previous
review-key-comment = comment

comment-error-subject = Name the subject as coding, passage, document or code with its id, e.g. coding:17.
comment-error-empty = A comment needs some words.
comment-error-long = A comment may have at most 20 000 characters.
comment-error-gone = What the comment is about is not there.
comment-error-range = A passage needs a start and an end inside the text.
comment-error-reply = The comment it answers is not there, or is about something else.
comment-error-not-yours = Only its author can change a comment; a lead can take it away.

