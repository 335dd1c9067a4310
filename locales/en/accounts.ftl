# Signing in, one's own account.
accounts-language-name = English
accounts-motto = Read together, code together.
accounts-name = Your name
accounts-email = E-mail address
accounts-password = Password
accounts-password-hint = At least 10 characters. A few unrelated words make a good one.
accounts-new-password = New password
accounts-current-password = Current password
accounts-again = The new password once more
accounts-language = Language
accounts-language-browser = As the browser asks
accounts-save = Save
accounts-action = Action

accounts-setup = Welcome to Concord
accounts-setup-lead = Nobody has an account here yet. Yours will be the first; it may add people and see how this instance is doing.
accounts-setup-go = Create the first account
accounts-code = One-time code
accounts-code-hint = The server printed it on its terminal when it started.

accounts-stay = Stay signed in on this device, until it is unused for { $days ->
    [one] one day
   *[other] { $days } days
  }
accounts-no-account = No account yet, or the password forgotten? Ask the owner of your project for an invitation, or whoever runs this server for a new link.

accounts-set-password = Set your password
accounts-set-password-for = For { $email }. This link works once.
accounts-set-password-go = Set the password and sign in
accounts-link-gone = This link leads nowhere any more
accounts-link-gone-lead = It has been used, withdrawn, or is too old; each works once and for some days only. Ask whoever sent it for a new one.

accounts-profile = Name and language
accounts-change-password = Change the password
accounts-change-password-note = Every other browser where you are signed in is signed out. API tokens go on working.
accounts-sessions = Where you are signed in
accounts-session-browser = Browser
accounts-session-begun = Since (UTC)
accounts-session-seen = Last used
accounts-session-this = this one
accounts-sign-out-everywhere = Sign out everywhere
accounts-tokens = API tokens
accounts-tokens-note = A token lets a program act in your name, with what you may do and no more. Concord keeps only its fingerprint, so it is shown once.
accounts-token-label = For
accounts-token-for = What the token is for
accounts-token-days = Days until it ends (empty: it does not)
accounts-token-created = Made (UTC)
accounts-token-ends = Ends
accounts-token-never = does not end
accounts-token-ended = ended
accounts-token-make = Make a token
accounts-token-delete = Delete
accounts-token-delete-sure = Delete the token “{ $label }”? Programs that use it lose their access at once.
accounts-token-made = Your new token
accounts-token-made-note = Copy it now: it is not shown again.

accounts-done-profile = Saved.
accounts-done-password = The password is changed, and every other session has ended.
accounts-done-sessions = That session has ended.
accounts-done-token = The token is deleted.

accounts-error-sign-in = This address and this password do not belong together. Passwords tell capital letters from small ones.
accounts-error-code = This is not the code on the server’s terminal.
accounts-error-language = Concord does not speak this language yet.
accounts-error-again = The two passwords differ.
accounts-error-current = This is not your current password.
accounts-error-label = Say in 1 to 200 characters what the token is for.
accounts-error-days = Give a whole number of days between 1 and 3650, or none.
accounts-error-in-person = Sign in with a browser for this. An API token cannot change the account it belongs to.
