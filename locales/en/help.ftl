# The help page.
# dynamic: help-key-*
help-lead = Concord lets a team code documents together, see how far its coders agree, and take the result home. This page is all there is to know for a good start.
help-contents = Contents

help-first-day = The first day
help-first-1 = Create a project. Under Settings, invite your colleagues: each gets a link that works once, and a role that you choose.
help-first-2 = Upload the sources under Documents, as many at once as you like. Each file’s outcome is listed; what cannot be read is refused with its reason, and the others go in. Look at what Concord doubts: the note stands beside the document.
help-first-3 = Give each document its type, date and language, and the cases that you want to compare.
help-first-4 = Write the codebook: for each code a sentence that defines it, when to use it, and when not to. It can grow while you code.
help-first-5 = Assign documents to coders. For agreement, at least two people must code the same ones.
help-first-6 = Code. Mark each document done when you have read all of it, also if there was nothing in it to code: “did not read it” and “read it and found nothing” are different facts.

help-coding = Coding
help-coding-1 = Select words with the mouse, a finger or the keyboard. A picker opens: type part of a code’s name and press Enter. Several codes may lie on one passage, and passages may overlap freely.
help-coding-2 = If you code a passage that overlaps one of your own with the same code, the two become one: nobody is counted twice. Passages that only touch stay two.
help-coding-3 = What you did to codings, codes, documents and comments can be undone, also after the page was closed, and also a deletion. Only your own last change is undone, never a colleague’s.
help-coding-4 = If the connection is lost, go on. What has not reached the server is kept in your browser, shown as waiting, and sent when the connection is back.

help-keys = Keys
help-keys-lead = A whole day of coding needs no mouse. In the workspace, ? shows this list as well.
help-key = Key
help-key-does = What it does
help-key-paragraph = Next and previous paragraph
help-key-sentence = Select the next or previous sentence
help-key-adjust = Make the selection shorter or longer by a word
help-key-picker = Open the picker for the selection; Enter there applies the code
help-key-stay = Apply the code and keep the picker open for another
help-key-pinned = Apply a pinned code
help-key-repeat = Apply the last code again
help-key-in-vivo = Make a code from the selected words (if you may create codes)
help-key-remove = Remove the current coding
help-key-memo = Write a memo on it
help-key-reply = Reply to a comment
help-key-codings = Next and previous coding
help-key-documents = Previous and next document
help-key-done = Change the document’s state: to do, in progress, done
help-key-search = Search in the document
help-key-undo = Undo
help-key-redo = Redo
help-key-go-codebook = Go to the codebook, to the documents
help-key-go-agreement = Go to agreement, to themes
help-key-escape = Close what is open
help-key-help = Show all keys

help-codebook = The codebook
help-codebook-1 = Codes form a tree. A code may be only a heading. Merging, moving or retiring a code never loses codings, and says beforehand how many of whom it touches.
help-codebook-2 = Publish a version when the team has agreed on a change. Versions can be compared, and each coding remembers the version that it was made with.

help-agreement = What agreement figures mean
help-agreement-1 = Agreement is counted only over documents that all the coders compared have marked done. It is counted over units, which you choose: every character, sentence, paragraph or whole document. A coder has given a code to a unit or has not; two coders agree on it if they did the same.
help-agreement-2 = No figure is good or bad by itself. Look at the passages of disagreement behind it: they show whether a definition is unclear or somebody has overlooked something.
help-percent = Percent agreement
help-percent-means = The share of units on which coders agree. It is high for rare codes even if the coders never agree where it matters, since both left most of the text uncoded.
help-kappa = Cohen’s kappa
help-kappa-means = For two coders: how much better they agree than by chance, given how often each of them uses the code. 1 is perfect, 0 is what chance would give, below 0 is worse than chance.
help-alpha = Krippendorff’s alpha
help-alpha-means = For any number of coders, also where some units lack a coder. Krippendorff asks for 0.800 for firm conclusions and for at least 0.667 for tentative ones.
help-agreement-3 = “No value, because…” is an answer: if nobody used a code, there is no variation that chance could be measured by, and Concord gives neither 0 nor 1.
help-agreement-4 = By character, long passages weigh more than short ones, and borders that differ by a few words count a little. By sentence or paragraph, such borders count not at all or fully. Report the unit with the figure.

help-rtl = Persian, Arabic and Hebrew
help-rtl-1 = Each paragraph has the direction of its own text, so that an English quotation in a Persian report reads as it should. In a right-to-left document the margin stands on the left.
help-rtl-2 = Searching does not tell apart the Arabic and Persian forms of ye and kaf, nor does it mind vowel signs, elongation or the zero-width non-joiner. Downloads keep the text as the source has it.

help-downloads = Taking it home
help-downloads-1 = Under Downloads, the codings come as CSV, Excel or JSON Lines, the codebook as CSV, and a matrix of units by codes for statistics. Positions count Unicode code points from the start of the document’s text; the end is not included.
help-downloads-2 = A download says which layer and filters it holds, and the same data give the same file, byte for byte.

help-backup = Backup
help-backup-1 = All data stand in one folder on the server: the database and the originals. Whoever runs the server copies it safely, also while people work, with concord backup --out FILE, and restores it into an empty folder with concord restore FILE --data FOLDER.
help-backup-2 = Try to restore a backup before you need it.

help-privacy = Privacy
help-privacy-1 = The data stay on the server that runs Concord. No page loads anything from elsewhere, nothing is sent to anybody, and there are no statistics about you.
help-privacy-2 = Members of a project see each other’s names and addresses, who coded what, and what was changed when. Nobody outside the project sees any of it.
help-privacy-3 = Passwords, sessions, links and API tokens are stored only as fingerprints. Two cookies are used: one keeps you signed in, one remembers a language.
