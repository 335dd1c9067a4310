# What every page shares.
skip-to-page = Skip to the page
nav-project = Project
nav-home = All projects
nav-overview = Overview
nav-documents = Documents
nav-codebook = Codebook
nav-review = Review
nav-agreement = Agreement
nav-themes = Themes
nav-downloads = Downloads
nav-settings = Settings
nav-account = { $name }: account
nav-account-settings = Your account
nav-help = Help
nav-admin = Administration
switch-theme = Switch between light and dark
sign-in = Sign in
sign-out = Sign out

role-owner = owner
role-lead = lead
role-coder = coder
role-reviewer = reviewer
role-viewer = viewer

month-01 = Jan
month-02 = Feb
month-03 = Mar
month-04 = Apr
month-05 = May
month-06 = Jun
month-07 = Jul
month-08 = Aug
month-09 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

thing-page = page
thing-project = project
thing-document = document
thing-code = code
thing-coding = coding
thing-comment = comment
thing-member = member
thing-user = user
thing-invitation = invitation
thing-round = round
thing-token = token

problem-not-found = Not here
problem-not-signed-in = Not signed in
problem-not-allowed = Not allowed
problem-invalid-input = Something needs correcting
problem-too-large = Too large
problem-unsupported-format = This format is not read
problem-too-many-attempts = Too many attempts
problem-bad-request = The request cannot be understood
problem-conflict = Something stands in the way
problem-internal = Something broke on our side

error-not-found = There is no such { $thing } here, or you may not see it. Nothing was changed.
error-sign-in = Sign in first, or send a valid API token.
error-role = Your role in this project ({ $role }) does not allow this. The owner of the project can change roles.
error-too-many = Wait { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
  } and try again.
error-bad-request = { $why }. Nothing was changed.
error-internal = This is a fault of the program, not yours. Nothing was half saved. If it happens again, tell whoever runs this server the reference { $reference }.
error-stale = Somebody changed this in the meantime. Look at it as it is now, then make your change again.
error-json-data = The JSON does not have the expected shape: { $why }.
error-json-content-type = Send JSON with the header Content-Type: application/json.
error-body-too-large = The request is larger than the server takes.
error-media-type = This kind of content is not accepted here.
error-cross-site = The request came from another site and was refused.
error-idempotency-reused = This Idempotency-Key was used for another request.
error-go-home = Go to your work
error-status = Status { $status }

error-email = This is not an e-mail address.
error-email-taken = Somebody with this address has an account already.
error-name-empty = A name is needed.
error-name-long = The name may have at most 200 characters.
error-password-short = A password needs at least { $least } characters.
error-password-long = This password is too long.
error-member-already = This person is a member already.
# dynamic: role-* month-* problem-* thing-*
