# A member's work, her projects, a project's overview and settings, invitations.
# dynamic: home-role-*
home-title = Your work
home-lead = { $n ->
    [0] Nothing waits to be coded by you.
    [one] One document waits to be coded by you.
   *[other] { $n } documents wait to be coded by you.
  }
home-you = You
home-everybody = All coders
home-action = Action
home-save = Save
home-cancel = Cancel
home-create = Create the project
home-new-project = New project
home-new-lead = A project holds the sources of one study, its codebook, and what everybody codes. You can change all of this later.
home-project-name = Name
home-project-description = What it studies
home-empty = Begin with a project
home-empty-text = A project holds the sources of one study, its codebook, and what everybody codes. Create one, upload the sources, and invite your colleagues.
home-empty-invited = Were you invited to a project? Open the link that you were sent.

home-to-code = To code
home-document = Document
home-state = State
home-state-todo = to do
home-state-in_progress = in progress
home-state-done = done
home-state-none = not assigned
home-begin = Begin
home-continue = Continue
home-nothing-to-code = Nothing is assigned to you at the moment. Open a project to choose a document, or to see what others do.
home-more = { $n ->
    [one] One more waits in its project.
   *[other] { $n } more wait in their projects.
  }
home-projects = Your projects
home-documents = { $n ->
    [0] No documents yet
    [one] One document
   *[other] { $n } documents
  }
home-done-of = { $done } of { $n } { $n ->
    [one] document
   *[other] documents
  } done
home-none-assigned = No document is assigned to a coder yet.

home-next = Next
home-next-nothing = Nothing waits for you here.
home-step-code = { $n ->
    [one] One document is yours to code.
   *[other] { $n } documents are yours to code.
  }
home-step-documents = Upload the sources of the study: texts, PDFs, Word documents, web pages or tables.
home-step-documents-go = Upload documents
home-step-codebook = Define the codes: the themes that you look for, with when to use each.
home-step-codebook-go = Begin the codebook
home-step-invite = Invite the people you code with. Agreement needs at least two coders.
home-step-invite-go = Invite colleagues
home-step-assign = { $n ->
    [one] One document has no coder yet.
   *[other] { $n } documents have no coder yet.
  }
home-step-assign-go = Assign documents
home-step-choose = No document is assigned to you. You may code any; opening one to code assigns it to you.
home-step-choose-go = Choose a document
home-step-review = { $n ->
    [one] Two coders or more have finished one document: compare them.
   *[other] Two coders or more have finished { $n } documents: compare them.
  }
home-step-review-go = Review
home-step-agreement = { $n ->
    [one] Agreement can be counted over one document that two coders or more marked done.
   *[other] Agreement can be counted over { $n } documents that two coders or more marked done.
  }
home-step-agreement-go = See agreement

home-progress = Progress
home-progress-note = By document and coder, from what coders marked; unfinished documents first.
home-all-documents = All documents
home-all-mine = All of mine
home-holds = In this project
home-your-role = Your role: { $role }
home-words = Words in them
home-codes = Codes, headings included
home-members = Members
home-coders = Coders
home-begun = { $n ->
    [one] One more is in progress.
   *[other] { $n } more are in progress.
  }
home-recent = Recent
home-recent-nothing = What happens in the project is told here.
home-times-utc = Times are UTC.

home-did-coding-create = { $who } coded { $n ->
    [one] a passage
   *[other] { $n } passages
  } in “{ $title }”
home-did-coding-update = { $who } changed { $n ->
    [one] a coding
   *[other] { $n } codings
  } in “{ $title }”
home-did-coding-delete = { $who } removed { $n ->
    [one] a coding
   *[other] { $n } codings
  } from “{ $title }”
home-did-document-create = { $who } added { $n ->
    [one] “{ $name }”
   *[other] { $n } documents
  }
home-did-document-update = { $who } changed the metadata of { $n ->
    [one] “{ $name }”
   *[other] { $n } documents
  }
home-did-document-delete = { $who } deleted { $n ->
    [one] “{ $name }”
   *[other] { $n } documents
  }
home-did-assignment-create = { $who } assigned “{ $title }” to { $n ->
    [one] a coder
   *[other] { $n } coders
  }
home-did-assignment-begin = { $who } began “{ $title }”
home-did-assignment-done = { $who } marked “{ $title }” done
home-did-assignment-reopen = { $who } set “{ $title }” back to do
home-did-assignment-delete = { $who } took “{ $title }” from { $n ->
    [one] a coder
   *[other] { $n } coders
  }
home-did-code-create = { $who } added { $n ->
    [one] the code “{ $name }”
   *[other] { $n } codes
  }
home-did-code-update = { $who } changed { $n ->
    [one] the code “{ $name }”
   *[other] the codebook, { $n } times
  }
home-did-code-merge = { $who } merged “{ $name }” into another code
home-did-code-delete = { $who } deleted { $n ->
    [one] the code “{ $name }”
   *[other] { $n } codes
  }
home-did-codebook-publish = { $who } published a version of the codebook
home-did-codebook-update = { $who } changed the codebook
home-did-comment-create = { $who } wrote { $n ->
    [one] a comment
   *[other] { $n } comments
  }
home-did-comment-update = { $who } changed { $n ->
    [one] a comment
   *[other] { $n } comments
  }
home-did-member-create = { $who } – new member: { $name }
home-did-member-update = { $who } changed the role of { $name }
home-did-member-delete = { $who } – no longer a member: { $name }
home-did-invitation-create = { $who } made { $n ->
    [one] an invitation
   *[other] { $n } invitations
  }
home-did-invitation-delete = { $who } withdrew { $n ->
    [one] an invitation
   *[other] { $n } invitations
  }
home-did-project-create = { $who } created the project
home-did-project-update = { $who } changed the project’s settings
home-did-round = { $who } changed a round
home-did-decision = { $who } decided about { $n ->
    [one] a passage
   *[other] { $n } passages
  }
home-did-undo = { $who } took { $n ->
    [one] a change
   *[other] { $n } changes
  } back
home-did-other = { $who } changed the project

home-general = The project
home-coders-create-codes = Coders may create codes while they code
home-viewers-export = Viewers may download codings and texts, not only figures
home-types = Document types of this project
home-types-note = Beside the built-in ones: official document, statement, research report, journal article, news, interview, field notes, other.
home-type-name = Name of a new type
home-type-add = Add the type
home-remove = Remove
home-add = Add
home-member-name = Name
home-member-role = Role
home-member-since = Since (UTC)
home-role-of = Role of { $name }
home-set-role = Set
home-remove-sure = Remove { $name } from the project? The codings of { $name } stay.
home-roles = What each role may do
home-role-owner = Everything, members and deletion included.
home-role-lead = Runs the codebook, documents, rounds and adjudication, and downloads everything.
home-role-coder = Reads, codes, comments, and downloads what may be seen.
home-role-reviewer = Reads everything, comments and adjudicates, but does not code.
home-role-viewer = Reads figures and revealed codings.
home-add-member = Add somebody who has an account
home-add-member-note = Whoever has none yet is invited below.
home-invitations = Invitations
home-invitations-note = An invitation is a link that works once. Send it yourself, by mail or message; Concord keeps only its fingerprint.
home-invitation-for = For
home-invitation-anybody = whoever has the link
home-invitation-until = Until (UTC)
home-invitation-by = Made by
home-invitation-email = Only for this address (may be left empty)
home-invitation-days = Days
home-invite = Make a link
home-withdraw = Withdraw
home-invitation-made = The invitation’s link
home-invitation-made-note = Copy it now: it is not shown again. It works once, until { $until } UTC.
home-leave = Leave the project
home-leave-note = What you coded stays. To come back, you have to be added again.
home-leave-sure = Leave this project? What you coded stays.
home-delete = Delete the project
home-delete-note = Nobody, you included, can open the project any more: documents, codebook, everybody’s codings. Download what you need first.
home-delete-typed = Type the project’s name, “{ $name }”, if you mean it

home-invited = You are invited
home-invited-by = { $who } invites you to code together in the project “{ $project }”.
home-invited-as = Your role: { $role }.
home-join-as = Join as { $name }
home-join-new = Create the account and join
home-have-account = You have an account here already?

home-done-saved = Saved.
home-done-member = The members are as you set them.
home-done-removed = Removed. What was coded stays.
home-done-withdrawn = Withdrawn: the link works no more.

home-error-description-long = The description may have at most 10000 characters.
home-error-last-owner = A project needs an owner, and this is the last one. Make somebody else an owner first.
home-error-no-account = Nobody here has this address. Invite them with a link instead.
home-error-has-account = Somebody with this address has an account already. If it is you, sign in first.
home-error-invitation-other = This invitation is for another address than the one you are signed in with. Sign out first, then open the link again.
home-error-role = Choose one of the five roles.
home-error-days = An invitation can be used for 1 to 90 days.
home-error-type-name = A type’s name has 1 to 100 characters, and a letter or digit among them.
home-error-type-there = There is a type of this name already.
home-error-type-used = { $n ->
    [one] One document has this type. Give it another first.
   *[other] { $n } documents have this type. Give them another first.
  }
home-error-typed = This is not the project’s name. Nothing was deleted.
