# The coding workspace. Its messages go to the browser as they are, so that plurals are made there too.

## Frame

ws-skip = Skip to the text
ws-home = Concord, to your projects
ws-back = Back to documents
ws-no-script = Coding needs scripts, which are switched off here. Below is the beginning of the text;
ws-no-script-text = read all of it
ws-here = Here now
ws-is-here = { $name }, here now
ws-away = { $name }, away
ws-theme = Switch between light and dark
ws-text = Text of the document
ws-status = Status
ws-tools = Tools
ws-tool-codes = Codes
ws-tool-code = Code it
ws-tool-codings = Codings
ws-find-word = Find
ws-close = Close
ws-cancel = Cancel
ws-dismiss = Dismiss
ws-undo = Undo
ws-redo = Redo
ws-page = Page { $page }
ws-paragraph = Paragraph { $number }
ws-codings-of = Codings in paragraph { $number }
ws-codings-in-view = Codings in view
ws-no-codings-here = No codings here.
ws-today-at = today { $time }

## State and saving

ws-state = My state for this document
ws-state-is = My state for this document: { $state }
ws-todo = To do
ws-in-progress = In progress
ws-done = Done
ws-not-assigned = Not assigned to me
ws-mark-done = Mark done
ws-reopen = Reopen
ws-now-done = Marked done. What you did not code now counts as “read and not coded”.
ws-now-in-progress = In progress again.
ws-now-todo = Back to “to do”.
ws-saved = Saved
ws-waiting = { $count ->
    [one] 1 change waiting
   *[other] { $count } changes waiting
  }
ws-waiting-why = The server cannot be reached. Your changes are kept on this device and sent when it can.
ws-signed-out = You were signed out. What you did is kept on this device and sent after you sign in again.
ws-sign-in = Sign in
ws-waiting-one = Waiting to be sent

## Codebook

ws-codebook = Codebook
ws-version = version { $version }
ws-codes = Codes
ws-code = Code
ws-tree = Codes, with the number of codings
ws-tree-item = { $kind ->
    [heading] heading
    [retired] retired, { $count } codings
   *[code] { $count ->
        [one] 1 coding
       *[other] { $count } codings
      }
  }
ws-tree-filter = Filter codes
ws-tree-hint = Click a code to apply it to the selection
ws-no-codes = The codebook is empty. Select some text and type a name to create the first code.
ws-no-code-found = No code found
ws-only-heading = “{ $code }” is a heading or retired and cannot be applied.
ws-use-when = Use when:
ws-do-not-use-when = Do not use when:
ws-pin = Pin to the next free digit
ws-unpin = Unpin
ws-pinned = Pinned to { $digit }
ws-unpinned = Unpinned
ws-pin-failed = The pin could not be kept.

## Choosing a code

ws-picker = Code the selected passage
ws-picker-change = Change to which code?
ws-picker-hint = Type a code
ws-recent = Recent
ws-all-codes = All codes
ws-apply = apply
ws-apply-stay = apply, stay
ws-memo-word = memo
ws-weight-word = weight
ws-create-code = Create code “{ $name }”
ws-create-code-in = Create code “{ $name }” in { $parent }
ws-create-failed = The code “{ $name }” could not be created.
ws-select-first = Select a passage first: drag over it, or press s for a sentence.
ws-cannot-code = Your role reads this document but does not code it.
ws-cannot-create = Your role cannot create codes.
ws-in-vivo-long = Too long for the name of a code. Select up to 80 characters.
ws-nothing-to-repeat = No code was used yet.
ws-no-pin = No code is pinned to { $digit }. Pin one in the codebook.

## What was done

ws-applied = { $count ->
    [one] “{ $code }” applied to 1 character in ¶ { $paragraph }
   *[other] “{ $code }” applied to { $count } characters in ¶ { $paragraph }
  }
ws-extended = { $count ->
    [one] “{ $code }” joined with yours there: 1 character from ¶ { $paragraph }
   *[other] “{ $code }” joined with yours there: { $count } characters from ¶ { $paragraph }
  }
ws-removed = “{ $code }” removed
ws-code-changed = Changed to “{ $code }”
ws-memo-saved = Memo saved
ws-weight-saved = Weight saved
ws-edges-moved = { $count ->
    [one] Passage is now 1 character
   *[other] Passage is now { $count } characters
  }
ws-edges-how = Move the end with Shift and arrows, the start with Alt, Shift and arrows; Enter keeps, Esc leaves it as it was.
ws-edges-kept = Left as it was
ws-undone = Undone
ws-redone = Done again
ws-undone-elsewhere = That change was in another document, and is turned back there.
ws-nothing-to-undo = There is nothing to undo.
ws-nothing-to-redo = There is nothing to redo.
ws-undo-failed = That could not be turned back.
ws-undo-offline = The server cannot be reached; what it has saved can be undone when it is back.
ws-unreachable = { $what } The server cannot be reached.
ws-because = { $what } { $why }
ws-refused = A change was not accepted.
ws-refused-changed = This coding was changed meanwhile, so your change was not made.
ws-refused-comment = Your comment was not accepted.
ws-refused-state = Your state was not changed.
ws-refused-kept = { $why } It held: { $held }
ws-map-missing = The places of the other codings could not be loaded; the map shows only what is near. Reload to try again.
ws-place-gone = What this address points to is not here any more, or not for you to see.
ws-link-copied = Link copied

## A coding

ws-card-name = Coding
ws-card = Coding: { $code }, by { $coder }
ws-label = { $waiting ->
    [yes] by { $coders }, waiting to be sent
   *[no] { $comments ->
        [0] by { $coders }
        [one] by { $coders }, 1 comment
       *[other] by { $coders }, { $comments } comments
      }
  }
ws-more-codings = { $count ->
    [one] and 1 more
   *[other] and { $count } more
  }
ws-consensus = Consensus
ws-coders-here = Coders of this passage
ws-more = More for this coding
ws-reply = Reply
ws-change-code = Change code
ws-remove = Remove
ws-add-memo = Add memo
ws-edit-memo = Edit memo
ws-set-weight = Set weight
ws-move-edges = Move edges
ws-copy-link = Copy link
ws-history = History
ws-history-unreachable = The history could not be loaded.
ws-filter-code = Show only this code
ws-memo = Memo
ws-memo-hint = Why this code, in a sentence
ws-save-memo = Save memo
ws-weight = Weight
ws-weight-is = weight { $weight }
ws-scale = from { $min } to { $max }
ws-save-weight = Save weight
ws-no-scale = “{ $code }” has no scale, so it takes no weight.
ws-comment = Comment
ws-comment-hint = What you want to say to your colleagues
ws-send = Send
ws-comment-word = comment
ws-note-new = Comment on this passage
ws-note-thread = Comments on this passage
ws-note-label = { $count ->
    [one] Comment by { $name }:
   *[other] { $count } comments, the first by { $name }:
  }
ws-not-yours = This coding belongs to another coder. You can comment on it.
ws-no-current = No coding is open. Press n for the next one, or click a highlight.
ws-no-codings = There are no codings to show.
ws-last-coding = That was the last coding.
ws-first-coding = That was the first coding.
ws-last-sentence = That was the last sentence.
ws-first-sentence = That was the first sentence.
ws-no-other-document = There is no document there.
ws-at-coding = { $code }, by { $coder }: { $words }
ws-selected-words = Selected: { $words }
ws-history-made = Coded as “{ $code }”
ws-history-removed = Removed
ws-history-code = Code changed from “{ $from }” to “{ $to }”
ws-history-edges = Passage changed from { $before } to { $after } characters
ws-history-memo = Memo: { $memo }
ws-history-no-memo = Memo removed
ws-history-weight = Weight set to { $weight }
ws-history-no-weight = Weight removed
ws-history-other = Changed

## Filter, find, map, status

ws-filter = Filter codings
ws-show = Show
ws-only-mine = Only mine
ws-only-mine-on = Only your codings are shown.
ws-only-mine-off = The others’ codings are shown too.
ws-coders = Coders
ws-coders-of = { $shown } of { $all } coders
ws-layer = Layer
ws-layer-all = all coders and consensus
ws-layer-coder = coders
ws-layer-consensus = consensus
ws-layer-is = Layer: { $layer }
ws-filtered = Filtered: { $what }
ws-show-all = Show all
ws-find = Find in this document
ws-find-count = { $total ->
    [0] not found
   *[other] { $at } of { $total }
  }
ws-find-next = Next hit
ws-find-previous = Previous hit
ws-find-failed = could not search
ws-map-name = Where codings lie
ws-map = { $codings ->
    [one] Overview of { $paragraphs } paragraphs with 1 coding
   *[other] Overview of { $paragraphs } paragraphs with { $codings } codings
  }
ws-at = ¶ { $at } of { $of }
ws-at-page = page { $page } of { $of }
ws-totals = { $codings ->
    [one] 1 coding
   *[other] { NUMBER($codings) } codings
  } by { $coders ->
    [one] 1 coder
   *[other] { $coders } coders
  }, { NUMBER($mine) } mine
ws-selected = { $count ->
    [one] 1 character selected
   *[other] { $count } characters selected
  }
ws-hint-sentence = sentence
ws-hint-paragraph = next paragraph
ws-hint-code = code
ws-hint-repeat = repeat { $code }
ws-hint-in-vivo = in vivo
ws-hint-end = end by word
ws-hint-start = start by word
ws-hint-keep = keep
ws-hint-next = next coding
ws-hint-change = change code
ws-hint-edges = move edges
ws-hint-remove = remove
ws-hint-keys = all keys

## Keys

ws-keys = Keys
ws-letter-keys = Single letters are keys. Switch this off if you speak to your computer.
ws-keys-read = Read
ws-keys-select = Select
ws-keys-code = Code
ws-keys-coding = The open coding
ws-keys-work = Work
ws-key-paragraph = Next, previous paragraph
ws-key-coding = Next, previous coding
ws-key-document = Previous, next document
ws-key-find = Find in this document
ws-key-mine = Only mine, on and off
ws-key-filter = Filter codings
ws-key-sentence = Select the next, previous sentence
ws-key-end = Move the end by a word
ws-key-start = Move the start by a word
ws-key-select-paragraph = Select the paragraph
ws-key-leave = Leave what is open
ws-key-picker = Choose a code for the selection; Enter opens the current coding
ws-key-pins = Apply a pinned code
ws-key-repeat = Apply the last code again
ws-key-in-vivo = Code with the selected words as the name
ws-key-tree = Go to the codebook; there, Shift and a digit pins a code
ws-key-edges = Move its edges
ws-key-change = Change its code
ws-key-memo = Memo
ws-key-weight = Weight
ws-key-reply = Comment on the coding, or on the selected passage
ws-key-history = History
ws-key-link = Copy the link
ws-key-remove = Remove it
ws-key-undo = Undo
ws-key-redo = Do again
ws-key-done = Done, and not yet done
ws-key-go-codebook = Go to the codebook
ws-key-go-documents = Go to the documents
ws-key-go-agreement = Go to agreement
ws-key-go-themes = Go to themes
ws-key-sheet = This sheet
