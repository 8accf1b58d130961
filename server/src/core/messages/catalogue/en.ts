/**
 * Everything Rekey says, in English: the reference for every other language (their keys and placeholders follow
 * from this object's type). A key that ends in `_one` and `_other` is a plural of `{{count}}`.
 *
 * The voice: short, concrete, second person, no blame; every refusal names the way on.
 */
export const en = {
  'page.brand': '{{tenant}} account',
  'page.titled': '{{title}} – {{tenant}} account',
  'page.titled-problem': 'Check this: {{title}} – {{tenant}} account',
  'page.demo': 'This is a demo. Its people and mails are made up.',
  'page.progress': 'Progress',
  'page.step-who': 'Who you are',
  'page.step-prove': 'Prove it',
  'page.step-password': 'New password',
  'page.step-unlock': 'Unlock',
  'page.step-done': '{{step}}: done',
  'page.help-desk': 'Help desk: {{helpDesk}}',
  'page.languages': 'Language',
  'page.continue': 'Continue',
  'page.start-again': 'Start again',
  'page.ask-help-desk': 'Ask the help desk: {{helpDesk}}.',
  'page.ask-your-help-desk': 'Ask your help desk.',

  'start.title': 'Get back into your account',
  'start.lead': 'Two minutes. You need the mailbox that we have on file for you.',
  'start.lead-service': 'For {{service}}. Two minutes; you need the mailbox that we have on file for you.',
  'start.identifier': 'User name or email',
  'start.identifier-missing': 'Type your user name or your email address first.',
  'start.identifier-unreadable':
    'This is too long, or holds characters that no user name has. Type it again.',
  'start.flow-unknown': 'What you began here before is not open any more. Start again.',
  'start.link-unusable': 'This link has been used or is too old. Start again here, and we write a new mail.',
  'start.no-script':
    'Did you open the link in our mail? It needs JavaScript, which is off here. Type the code from that mail in the window where you asked for it, or ask again here.',
  'start.unlock-title': 'Unlock your account',
  'start.unlock-lead':
    'Two minutes. Your password stays as it is. You need the mailbox that we have on file for you.',
  'start.is-locked': 'You know your password, and the account is locked? Unlock it',
  'start.is-forgotten': 'You don’t know your password? Set a new one',
  'start.is-known': 'You know your password? Change it',

  'prove.title': 'Check your mail',
  'prove.lead':
    'If the account exists, we have just written to its address. Open the link in that mail, or type the code from it here. It works until {{time}}.',
  'prove.lead-link-only':
    'If the account exists, we have just written to its address. Open the link in that mail. It works until {{time}}.',
  'prove.code': '8-digit code',
  'prove.wrong-code_one': 'This is not the code from the newest mail. You have {{count}} try left.',
  'prove.wrong-code_other': 'This is not the code from the newest mail. You have {{count}} tries left.',
  'prove.no-tries-left-title': 'Codes no longer work here',
  'prove.no-tries-left': 'There were too many wrong ones. The link in our mail still works: open it instead.',
  'prove.code-unreadable':
    'The code has eight digits, like 1234 5678. Look at the newest mail. No try was used up.',
  'prove.link-unusable': 'This link has been used or is too old. Ask for a new one.',
  'prove.sent-again': 'Asked for again. If the account exists, a new mail is on its way; use the newest one.',
  'prove.asked-too-soon':
    'You have only just asked. Give the mail a minute, look in spam, and then send it again.',
  'prove.no-more-mails':
    'This request has asked for all the mails it may. Use the newest one, or start again with your name.',
  'prove.mail-delayed':
    'Mail is delayed right now. What you asked for goes out as soon as it can; asking again makes it no faster. If nothing has come by {{time}}, start again.',
  'prove.no-mail': 'No mail after a minute? Look in spam, then send it again.',
  'prove.resend': 'Send it again',
  'prove.other-name': 'Wrong name? Start again',
  'prove.no-script': 'The link in the mail needs JavaScript, which is off here. Use the code.',

  'landing.title': 'You opened our mail',
  'landing.lead': 'Continue, and choose a new password on the next page.',
  'landing.unlock-lead': 'Continue, and unlock your account on the next page.',

  'password.title': 'Choose a new password',
  'password.lead': 'For {{identifier}}. A few unrelated words make a strong one that you can remember.',
  'password.field': 'New password',
  'password.again': 'The same again',
  'password.again-hint': 'Without JavaScript we can’t show you what you typed, so we ask twice.',
  'password.show': 'Show',
  'password.hide': 'Hide',
  'password.show-label': 'Show the password',
  'password.submit': 'Set password',
  'password.rules': 'What it needs',
  'password.private-ends-sessions':
    'You will be signed out everywhere. Nobody at {{tenant}} ever sees your password.',
  'password.private': 'Nobody at {{tenant}} ever sees your password.',
  'password.meter-1': 'Easy to guess',
  'password.meter-2': 'Still easy to guess',
  'password.meter-3': 'Getting there',
  'password.meter-4': 'Hard to guess',

  'unlock.title': 'Unlock your account',
  'unlock.lead': 'For {{identifier}}. Your password stays as it is.',
  'unlock.submit': 'Unlock my account',
  'unlock.instead': 'Set a new password instead',
  'unlock.is-locked':
    'Your account is locked. A new password unlocks it. Or keep the one you have, if you know it:',
  'unlock.keep': 'Unlock and keep my password',
  'unlock.not-offered': 'We can’t lift the lock of this account by itself. A new password lifts it.',
  'activate.title': 'Activate your account',
  'activate.lead': 'You have a mail that invites you. Type the code from it, and choose your first password.',
  'activate.code': 'Code from the invitation',
  'activate.submit': 'Activate',
  'activate.landing-lead': 'Continue, and choose your first password on the next page.',
  'activate.wrong-code':
    'We do not know this code, or it can’t be used any more. Compare it with the newest mail; blanks do not matter.',
  'activate.link-unusable': 'This invitation can’t be used: it has been used, has run out, or was withdrawn.',
  'activate.ask': 'Ask whoever invited you for a new one.',
  'activate.no-script':
    'The link in the mail needs JavaScript, which is off here. Type the code that stands under it.',
  'activate.password-title': 'Choose your first password',
  'activate.done-title': 'Your account is ready',
  'activate.done-note': 'Your password works now',

  'rule.length': '{{min}} characters or more, {{max}} at most',
  'rule.any-characters': 'Any characters you like, blanks too',
  'rule.characters.ascii': 'Only letters without accents, digits, common signs and blanks',
  'rule.characters.latin-1': 'Only letters of Western European languages, digits, common signs and blanks',
  'rule.classes-count': 'At least {{required}} of these kinds: {{classes}}',
  'rule.classes-named': 'With {{classes}}',
  'class.lowercase': 'small letters',
  'class.uppercase': 'capital letters',
  'class.digit': 'digits',
  'class.other': 'other signs or blanks',
  'rule.not-common': 'Not one of the passwords that everybody tries',
  'rule.not-about-you': 'Not your name, your address or {{tenant}}',
  'rule.not-banned': 'Not made of words that are banned here',
  'rule.hard-to-guess': 'Hard to guess, even with a dictionary',
  'rule.not-similar': 'Not the one you have with little changed',
  'rule.not-too-soon_one': 'Not within {{count}} hour of the last change',
  'rule.not-too-soon_other': 'Not within {{count}} hours of the last change',
  'rule.not-in-history_one': 'Not your last password',
  'rule.not-in-history_other': 'None of your last {{count}} passwords',
  'rule.not-breached': 'Not one that others have lost',

  'refusal.password-empty': 'Type a new password.',
  'refusal.password-repeat-differs': 'The two differ. Type both again.',
  'refusal.password-unreadable':
    'It holds a character that can’t be typed, such as a line break. Type it again.',
  'refusal.password-too-short': 'Too short: it has {{length}} of at least {{min}} characters. Add a word.',
  'refusal.password-too-long': 'Too long: use {{max}} characters at most.',
  'refusal.password-classes-missing.count':
    'It has {{have}} of these kinds and needs {{required}}: {{classes}}.',
  'refusal.password-classes-missing.named': 'It still needs {{classes}}.',
  'refusal.password-characters-not-allowed.ascii':
    'Some of its characters can’t be used here. Use letters without accents, digits, common signs and blanks.',
  'refusal.password-characters-not-allowed.latin-1':
    'Some of its characters can’t be used here. Use letters of Western European languages, digits, common signs and blanks.',
  'refusal.password-common':
    'Too easy to guess: it is on the list that everybody tries first. Choose another.',
  'refusal.password-banned':
    'Too easy to guess: it is hardly more than words that everybody here would try. Use other words.',
  'refusal.password-too-similar':
    'Too much like the one you have, and whoever knows that one tries this next. Use other words.',
  'refusal.password-breached':
    'Others have lost this very password, and guessers try such lists first. Choose another.',
  'refusal.password-unchecked':
    'We couldn’t look this password up just now. Nothing was changed. Try again in a minute.',
  'refusal.password-contains-you.username':
    'Too easy to guess: it is your user name, with little added. Use unrelated words.',
  'refusal.password-contains-you.name':
    'Too easy to guess: it is your name, with little added. Use unrelated words.',
  'refusal.password-contains-you.mail':
    'Too easy to guess: it is your email address, with little added. Use unrelated words.',
  'refusal.password-contains-you.organisation':
    'Too easy to guess: it is a name from where you work, with little added. Use unrelated words.',
  'refusal.password-contains-you.product':
    'Too easy to guess: it is the word “password”, or the name of what it opens, with little added. Use unrelated words.',
  'refusal.password-too-guessable.keyboard-pattern':
    'Too easy to guess: the keys lie in a row. Use unrelated words.',
  'refusal.password-too-guessable.repeated-pattern':
    'Too easy to guess: it repeats itself. Use unrelated words.',
  'refusal.password-too-guessable.sequence':
    'Too easy to guess: it counts up or spells the alphabet. Use unrelated words.',
  'refusal.password-too-guessable.date': 'Too easy to guess: it is mostly a date. Add unrelated words.',
  'refusal.password-too-guessable.like-common-password':
    'Too easy to guess: it is close to one that everybody tries. Use unrelated words.',
  'refusal.password-too-guessable.common-words':
    'Too easy to guess: these words are among the first to be tried. Add more, and rarer ones.',
  'refusal.password-too-guessable.about-you':
    'Too easy to guess: it is mostly what anybody knows of you. Use unrelated words.',
  'refusal.password-too-guessable.too-simple': 'Too easy to guess. Add one or two unrelated words.',
  'refusal.password-in-history': 'You had this one before. Choose one that is new.',
  'refusal.password-in-history.latest_one': 'This is your last password. Choose one that is new.',
  'refusal.password-in-history.latest_other':
    'This is one of your last {{count}} passwords. Choose one that is new.',
  'refusal.password-unchanged': 'This is the password you have. Sign in with it, or choose another.',
  'refusal.password-too-young.until':
    'It was changed a short while ago. You can change it again from {{moment}} on.',
  'refusal.password-too-young':
    'The directory does not take another password so soon after the last one. Try again later, or ask the help desk.',
  'refusal.password-too-short-for-directory': 'The directory wants a longer one. Add a word.',
  'refusal.password-too-weak-for-directory':
    'The directory wants a stronger one. Make it longer, and mix in capital letters, digits and signs.',
  'refusal.password-change-not-allowed':
    'The directory does not let this account have a new password. Ask the help desk.',
  'refusal.password-too-long-for-directory':
    'The directory takes shorter ones only. Use fewer characters; accented letters and signs of other scripts count more than once.',

  'working.title': 'Your new password is being set',
  'working.lead': 'The directory is taking its time. This page looks again by itself; leave it open.',
  'working.look-now': 'Look now',

  'accepted.title': 'Your new password is accepted',
  'accepted.not-yet': 'It does not work yet',
  'accepted.lead':
    'The directory of your account can’t be reached right now. The new password will work by {{moment}}, unless it can’t be set; we will mail you either way.',
  'accepted.until':
    'As long as that mail has not come, nothing has changed: what you sign in with today goes on working.',
  'accepted.mail': 'If no mail has come by then, start again.',
  'accepted.close': 'You can close this window.',

  'sign-in.title': 'Sign in to change your password',
  'sign-in.lead': 'Use the password you have now.',
  'sign-in.password': 'Password',
  'sign-in.submit': 'Sign in',
  'sign-in.forgot': 'Forgot your password?',
  'sign-in.missing': 'Type your name and your password.',
  'sign-in.refused':
    'We could not sign you in with this name and password. Check both, or get back in by mail.',
  'sign-in.second-factor':
    'Your password is right, but this account asks for more than a password, which can’t be given here.',
  'sign-in.session-over':
    'You are signed out here, because some time has passed or your password was changed. Sign in again.',
  'sign-in.signed-out': 'You are signed out.',
  'sign-in.lead-provider': 'You sign in where you always do, and come back here.',
  'sign-in.provider': 'Sign in with {{label}}',
  'sign-in.second-factor-provider':
    'Your password is right, but this account asks for more than a password. Use “{{label}}” instead.',
  'sign-in.not-finished': 'This sign-in took too long, was used already or was not begun here. Start again.',
  'sign-in.no-account': 'Your sign-in worked, but we found no account for it here.',
  'sign-in.provider-unreachable':
    'The company’s sign-in can’t be reached. Nothing was changed. Try again in a minute.',
  'change.title': 'Change your password',
  'change.lead': 'You are signed in as {{identifier}}.',
  'change.current': 'Current password',
  'change.current-wrong': 'This is not your current password. Type it again.',
  'change.too-late': 'That took too long or was sent twice. Nothing was changed. Type both passwords again.',
  'change.keep': 'Stay signed in here',
  'change.sign-out': 'Sign out',
  'change.must.directory': 'Your password was set by somebody else. Choose one that only you know.',
  'change.must.expired': 'Your password has expired. Choose a new one to go on.',
  'change.must.ordered': 'You are asked to choose a new password before you go on.',
  'change.must.breached':
    'Others have lost the very password you use, so guessers try it first. Choose a new one now.',
  'change.must.expired-until':
    'Your password has expired. It opens this page until {{moment}}: choose a new one now.',
  'change.must.weak': 'Your password does not meet the rules of today any more. Choose a new one to go on.',
  'change.expires': 'Your password expires on {{moment}}. You can choose a new one now.',
  'change.found.breached':
    'Others have lost the very password you use, so guessers try it first. You had better choose a new one.',
  'change.found.weak':
    'Your password does not meet the rules of today any more. You had better choose a new one.',

  'done.title': 'You’re back',
  'done.changed-title': 'Your password was changed',
  'done.note': 'Your new password works now',
  'done.signed-out': 'You are signed out everywhere.',
  'done.other-devices': 'Your devices ask for it the next time they sign in.',
  'done.lead': 'We wrote to all your addresses, so that you would know if this had not been you.',
  'done.sign-in': 'Sign in to {{service}}',
  'done.close': 'Sign in with it where you were. You can close this window.',
  'done.unlocked-title': 'Your account is unlocked',
  'done.unlocked-note': 'Your password is the one you had',
  'done.unlocked-close': 'Sign in where you were. You can close this window.',
  'done.not-locked-title': 'Your account was not locked',
  'done.not-locked-note': 'Nothing was changed',
  'done.not-locked-lead':
    'If you can’t sign in, the password may not be the one you remember. Set a new one.',

  'second-proof.title': 'Mail alone is not enough here',
  'second-proof.way-on': 'This request changed nothing. The help desk can check who you are in another way.',

  'because.disabled': 'This account is switched off, so it gets neither a new password nor an unlock.',
  'because.federated':
    'You sign in to this account through another organisation. Its password is kept there, not with {{tenant}}; recover it there.',
  'because.federated-at':
    'You sign in to this account with “{{provider}}”. Its password is kept there, not with {{tenant}}.',
  'because.privileged': 'Accounts with far-reaching rights get neither a new password nor an unlock by mail.',
  'because.second-factor':
    'This account signs in with a second factor. A mail can’t stand in for both, so it needs a second proof.',
  'because.disavowed':
    'Somebody told us that a request for this account was not theirs. For a day it needs a second proof.',
  'because.not-activated':
    'This account has never been activated. Use the invitation that we sent, or ask whoever invited you for a new one.',

  'ended.expired.title': 'This took too long',
  'ended.expired.lead':
    'Requests end after a while, so that nobody finds one open. Your password is unchanged.',
  'ended.superseded.title': 'This was done somewhere else',
  'ended.superseded.lead':
    'A newer request for this account has been finished, so this one ended. If that was not you, use “This was not me” in our mail.',
  'ended.disavowed.title': 'This request was stopped',
  'ended.disavowed.lead': 'Somebody with a mail of this account told us that it was not theirs.',
  'ended.outcome-unknown.title': 'Try your new password',
  'ended.outcome-unknown.lead':
    'The answer of the directory got lost, so we can’t tell whether it was set. Try the new password; if it does not work, start again.',
  'ended.too-many-refusals.title': 'Too many tries',
  'ended.too-many-refusals.lead':
    'Many passwords in a row were not taken, so this request ended. Your password is unchanged. Three or four unrelated words usually work.',
  'ended.account-unavailable.title': 'The directory did not take it',
  'ended.account-unavailable.lead':
    'This account can’t get a new password at the moment. Your password is unchanged. The help desk can see why.',
  'ended.ended-by-operator.title': 'This request was ended',
  'ended.ended-by-operator.lead':
    'Somebody who looks after accounts has ended everything that was open for this one. No password was changed here.',
  'ended.not-set-in-time.title': 'Your new password was not set',
  'ended.not-set-in-time.lead':
    'The directory could not be reached in time, so the password you chose was thrown away. Nothing has changed.',
  'ended.refused-later.title': 'The directory did not take it later',
  'ended.refused-later.lead':
    'When it could be reached again, the directory did not take the password you chose. Nothing has changed. Start again and choose another one.',

  'disavow.title': 'This was not me',
  'disavow.lead':
    'Somebody asked for a new password for your account, or set one, and it was not you? We end every open request for it. If a password was set already, the next one needs a second proof for a day.',
  'disavow.landing-lead':
    'We end every open request for your account. If a password was set already, the next one needs a second proof for a day. You stay able to sign in.',
  'disavow.confirm': 'Yes, this was not me',
  'disavow.code': 'Code under “This was not me” in our mail',
  'disavow.wrong-code': 'We do not know this code. Compare it with the newest mail; blanks do not matter.',
  'disavow.code-unreadable': 'Type the code that stands under “This was not me” in our mail.',
  'disavow.link-unusable':
    'This link is too old. If you have a newer mail, use that one, or ask the help desk.',
  'disavow.no-script':
    'The link in the mail needs JavaScript, which is off here. Type the code that stands under it.',

  'disavowed.title': 'Thank you. It is stopped',
  'disavowed.note': 'Every open request for your account has ended',
  'disavowed.lead': 'Links and codes sent until now no longer work. Your password is unchanged.',
  'disavowed.lead-changed':
    'Links and codes sent until now no longer work. The password had been changed before; to get a new one you need a second proof, so talk to the help desk now.',
  'disavowed.next':
    'For a day, a mail alone does not change the password of this account. A ticket is open for the help desk.',

  'problem.not-found.title': 'There is no page here',
  'problem.not-found.lead':
    'The address may be cut off. Open the link in the mail again, or start from the first page.',
  'problem.request-unusable.title': 'We could not read that',
  'problem.request-unusable.lead':
    'What arrived was not what this page sends. Your password is unchanged. Start again.',
  'problem.form-stale.title': 'This page was open for too long',
  'problem.form-stale.lead': 'Nothing was changed. Start again; it takes two minutes.',
  'problem.too-many-requests.title': 'Too many at once',
  'problem.too-many-requests.lead': 'Many requests came from your network. Your password is unchanged.',
  'problem.directory-unreachable.title': 'We could not reach the directory',
  'problem.directory-unreachable.lead': 'Your password is unchanged, and nothing you did is lost.',
  'problem.directory-not-writable.title': 'We can’t change your account at the moment',
  'problem.directory-not-writable.lead':
    'Your password is unchanged. Something has to be mended first: tell the help desk, and come back with a new mail.',
  'problem.unavailable.title': 'We can’t do this right now',
  'problem.unavailable.lead': 'Your password is unchanged. The people who run this have been told.',
  'problem.internal.title': 'Something broke on our side',
  'problem.internal.lead':
    'It is not your fault. Go back to the first page; it knows where you were. The people who run this have been told.',
  'problem.wait-seconds_one': 'Try again in {{count}} second.',
  'problem.wait-seconds_other': 'Try again in {{count}} seconds.',
  'problem.wait-minutes_one': 'Try again in {{count}} minute.',
  'problem.wait-minutes_other': 'Try again in {{count}} minutes.',
  'problem.request-id': 'For the help desk: {{requestId}}',
  'problem.back': 'Back to the page',

  'device.named': '{{browser}} on {{system}}',
  'device.desktop-app': 'a desktop app',

  'place.named': '{{city}}, {{country}}',

  'mail.when': 'When',
  'mail.account': 'Account',
  'mail.device': 'Device',
  'mail.place': 'Place',
  'mail.unknown-device': 'Not recognised',
  'mail.unknown-place': 'Not known',
  'mail.sign-off': 'Sent by {{tenant}} to the address on file for this account. Do not forward this mail.',

  'mail.recovery.subject': 'A new password was asked for at {{tenant}}',
  'mail.recovery.lead': 'Somebody asked for a new password for your {{tenant}} account.',
  'mail.recovery.if-you': 'If this was you, open this link and choose one:',
  'mail.recovery.button': 'Choose a new password',
  'mail.recovery.code': 'Or type this code in the window where you asked for it:',
  'mail.recovery.until': 'Link and code work once, until {{moment}}.',
  'mail.recovery.until-link': 'The link works once, until {{moment}}.',
  'mail.recovery.never-told':
    'Nobody at {{tenant}} will ever ask you for this code: not on the telephone, not in a chat. Give it to no one.',
  'mail.recovery.never-told-link': 'Nobody at {{tenant}} will ever ask you for this link. Give it to no one.',
  'mail.recovery.otherwise': 'If you do nothing, nothing changes.',

  'mail.recovery-explained.subject': 'A new password was asked for at {{tenant}}',
  'mail.recovery-explained.lead':
    'Somebody asked for a new password for your {{tenant}} account. It can’t be given by mail.',

  'mail.password-changed.subject': 'Your password was changed',
  'mail.password-changed.lead': 'The password of your {{tenant}} account was changed.',
  'mail.password-changed.if-you': 'If this was you, you are done: the new one works, the old one does not.',

  'mail.password-unexplained.subject': 'Try your new password',
  'mail.password-unexplained.lead':
    'A new password was sent to the directory of your {{tenant}} account, and the answer got lost.',
  'mail.password-unexplained.try': 'Try the new password. If it does not work, start again:',

  'mail.password-accepted.subject': 'Your new password does not work yet',
  'mail.password-accepted.lead':
    'A new password for your {{tenant}} account was accepted. It does not work yet.',
  'mail.password-accepted.until':
    'The directory of your account can’t be reached right now. The new password will work by {{moment}}, unless it can’t be set; we will mail you again either way.',
  'mail.password-accepted.then':
    'As long as that mail has not come, nothing has changed. If none has come by then, start again.',

  'mail.password-not-set.subject': 'Your new password was not set',
  'mail.password-not-set.lead': 'The new password for your {{tenant}} account could not be set.',
  'mail.password-not-set.late':
    'The directory of the account could not be reached in time, and the password was thrown away.',
  'mail.password-not-set.refused':
    'When it could be reached again, the directory did not take it: its rules or the account may have changed meanwhile.',
  'mail.password-not-set.unchanged': 'Nothing has changed: what you signed in with before still works.',
  'mail.password-not-set.again': 'Start again and choose a new password:',

  'mail.disavowed.subject': 'You told us: this was not me',
  'mail.disavowed.lead':
    'Somebody with a mail of your {{tenant}} account told us that a request was not theirs.',
  'mail.disavowed.ended': 'Every open request has ended; links and codes sent until now no longer work.',
  'mail.disavowed.unchanged': 'Your password is unchanged. You can sign in as usual.',
  'mail.disavowed.next':
    'For a day, a mail alone does not change the password of this account. You can sign in as usual.',
  'mail.disavowed.help':
    'If your password no longer works, somebody else may have changed it: talk to the help desk now.',

  'mail.unlock.subject': 'Somebody asked to unlock your account at {{tenant}}',
  'mail.unlock.lead': 'Somebody asked to unlock your {{tenant}} account.',
  'mail.unlock.if-you': 'If this was you, open this link and unlock it:',
  'mail.unlock.button': 'Unlock my account',
  'mail.unlock-explained.subject': 'Somebody asked to unlock your account at {{tenant}}',
  'mail.unlock-explained.lead': 'Somebody asked to unlock your {{tenant}} account. It can’t be done by mail.',
  'mail.account-unlocked.subject': 'Your account was unlocked',
  'mail.account-unlocked.lead': 'Your {{tenant}} account was unlocked. Its password is the same as before.',
  'mail.account-unlocked.if-you': 'If this was you, you are done: sign in with the password you have.',
  'mail.invitation.subject': 'Your account at {{tenant}} is waiting for you',
  'mail.invitation.lead': 'You have an account at {{tenant}}. It needs its first password.',
  'mail.invitation.if-you': 'Open this link and choose one:',
  'mail.invitation.button': 'Choose my password',
  'mail.invitation.otherwise': 'If you did not expect this, do nothing. The account stays closed.',
  'mail.invited-elsewhere.subject': 'Somebody was invited to your account',
  'mail.invited-elsewhere.lead':
    'Somebody was invited to set a password for your {{tenant}} account. The mail went to another address than this one.',
  'mail.invited-elsewhere.if-you':
    'If the other address is yours, nothing is left to do. If it is not, say so now: the invitation stops working.',
  'mail.account-activated.subject': 'Your account is ready',
  'mail.account-activated.lead': 'The first password of your {{tenant}} account was set.',
  'mail.account-activated.if-you': 'If this was you, you are done: sign in with it.',

  'mail.method-added.subject': 'A new way to prove who you are was set up',
  'mail.method-added.lead': 'Something new to prove who you are was set up for your {{tenant}} account:',
  'mail.method-added.if-you': 'If this was you, there is nothing to do. It works from now on.',
  'mail.method-removed.subject': 'A way to prove who you are was removed',
  'mail.method-removed.lead': 'This no longer proves who you are for your {{tenant}} account:',
  'mail.method-removed.if-you': 'If this was you, there is nothing to do.',
  'mail.method': 'What',
  'method.totp': 'Authenticator app',
  'method.recovery_code': 'Recovery codes',
  'method.passkey': 'Passkey',
  'proof.use.passkey': 'Use a passkey',
  'methods.add.passkey': 'Add a passkey',
  'methods.why.passkey': 'Your finger, your face or the PIN of your device. It never works on a fake page.',
  'methods.synced': 'On all your devices, kept by its maker',
  'methods.on-device': 'In one device only',
  'passkey.lead': 'Your device asks for your finger, your face or its PIN. None of these leaves it.',
  'passkey.make': 'Create the passkey',
  'passkey.use': 'Continue with a passkey',
  'passkey.try': 'Try it',
  'passkey.failed': 'That did not work, or was cancelled. Try again.',
  'passkey.refused':
    'This passkey can’t be used here. Take one that you set up for this account, or another way.',
  'passkey.no-support': 'This browser knows no passkeys. Use another one.',
  'passkey.no-script': 'Passkeys need JavaScript, and it is off here.',

  'mail.disavow.lead': 'If it was not you, tell us. It takes one click and no sign-in:',
  'mail.disavow.button': 'This was not me',
  'mail.disavow.code': 'Or go to {{page}} and type this code:',

  'mail.change-required.subject': 'You need a new password',
  'mail.change-required.lead': 'The password of your {{tenant}} account has to be changed.',
  'mail.change-required.how':
    'You are asked for a new one when you next sign in. You can also choose one now:',
  'mail.by-help': 'Somebody who looks after accounts at {{tenant}} did this.',
  'mail.expires': 'Expires',
  'mail.expired': 'Expired',
  'mail.change-button': 'Change my password',
  'mail.change-forgot': 'You don’t know it any more? Then get back in by mail: {{page}}',
  'mail.password-expires.subject': 'Your password expires soon',
  'mail.password-expires.lead': 'The password of your {{tenant}} account expires soon.',
  'mail.password-expires.before': 'Choose a new one before then. You need the one you have now:',
  'mail.password-expired.subject': 'Your password has expired',
  'mail.password-expired.lead': 'The password of your {{tenant}} account has expired.',
  'mail.password-expired.now': 'Choose a new one. You need the one you had until now:',
  'mail.password-expired.until':
    'Choose a new one by {{moment}}, before the old one stops working elsewhere. You need the old one for it:',
  'mail.elsewhere.how': 'If it does not work any more, get a new one there:',
  'mail.elsewhere.button': 'Go to {{provider}}',

  'targets.title': 'Your new password is not everywhere yet',
  'targets.lead': 'It is set, and works where it says so here.',
  'targets.retry': 'Wait a minute and type it once more: we then try the others again.',
  'targets.is.waiting': 'Still has the old password.',
  'targets.is.written': 'The new password works.',
  'targets.is.unreachable': 'Could not be reached, and still has the old password.',
  'targets.is.refused': 'Did not take it, and still has the old password.',
  'targets.is.not-writable':
    'Takes no changes at the moment, and still has the old password. Tell the help desk.',
  'targets.is.unknown': 'Gave no answer. Try the new password there, and if it does not work the old one.',
  'targets.password': 'The new password once more',
  'targets.again': 'Try the others again',
  'targets.another': 'This is not the password that you have just set. Type that one.',
  'targets.tried': 'Tried again just now: it still does not work everywhere.',
  'targets.unreached': 'Could not be reached: {{applications}}.',
  'targets.other': 'Start again with another password',
  'targets.later':
    'You can also leave it for now: when you set a new password another time, all of them get it.',
  'targets.next': 'When you set a new password another time, all of them get it.',
  'mail.targets.written': 'New password',
  'mail.targets.unchanged': 'Old password',
  'mail.targets.unknown': 'Not certain',
  'mail.targets.partly':
    'If this was you: the new password does not work everywhere yet. To have one password again, set a new one here: {{page}}',
  'text.recovery':
    '{{code}} is your code for a new password at {{tenant}}. It works until {{time}}. Give it to no one.',
  'text.unlock':
    '{{code}} is your code to unlock your account at {{tenant}}. It works until {{time}}. Give it to no one.',
  'text.spoken':
    'This is {{tenant}}. Your code is {{code}}. Again, your code is {{code}}. Give it to no one.',

  'proof.title': 'Prove it another way',
  'proof.first-lead': 'If the account exists and this was set up for it, you go on without a mail.',
  'proof.second-title': 'One more proof',
  'proof.second-lead': '{{have}} of {{need}} done. Now prove it another way.',
  'proof.other-ways': 'Or use something else:',
  'proof.no-mailbox': 'No access to your mail? Use something else that you set up:',
  'proof.use.email_code': 'Use the mail we sent',
  'proof.use.totp': 'Use your authenticator app',
  'proof.use.recovery_code': 'Use a recovery code',
  'proof.lost': 'Lost all of these?',
  'proof.label.totp': 'Code from your authenticator app',
  'proof.hint.totp': 'Six digits that change every half minute.',
  'proof.label.recovery_code': 'Recovery code',
  'proof.hint.recovery_code': 'One of those that you printed or saved. Each works once.',
  'proof.hint.email_code': 'From the newest mail. Opening its link does the same.',
  'proof.wrong_one': 'This code is not right, or was used before. You have {{count}} try left.',
  'proof.wrong_other': 'This code is not right, or was used before. You have {{count}} tries left.',
  'proof.wrong-now': 'This code is not right, or was used before. Try another one.',
  'proof.unreadable.totp': 'The code has six digits, like {{example}}. No try was used up.',
  'proof.unreadable.recovery_code':
    'A recovery code has sixteen letters and digits, like {{example}}. No try was used up.',
  'proof.use.sms_code': 'Get a code by text message',
  'proof.text-lead': 'If a mobile number is on file for the account, a code can be sent to it.',
  'proof.text-ask': 'Send me a text',
  'proof.hint.sms_code': 'From the newest text. It works for ten minutes at most.',
  'proof.text-sent': 'Asked for. If the account has a number on file, a text with a code is on its way.',
  'proof.text-asked-too-soon': 'You have only just asked. Wait a minute, then ask again.',
  'proof.text-no-more-mails':
    'This request has asked for all the messages it may. Start again with your name.',
  'proof.unreadable.sms_code': 'The code has eight digits, like {{example}}. No try was used up.',
  'proof.too-many-tries': 'There were too many tries. Wait a while, or use another way.',
  'proof.no-tries-left': 'There were too many wrong ones. Start again, or ask the help desk.',
  'demand.risk': 'This request does not look like your usual ones, so it needs more proof.',

  'demand.policy': '{{tenant}} asks for more than one proof for this account.',
  'demand.enrolled': 'You have set up a further way to prove it is you, so one alone is not enough.',

  'sign-in.step-title': 'One more step',
  'sign-in.step-lead': 'Your password is right. Now prove it another way.',
  'sign-in.cancel': 'Cancel and sign out',
  'sign-in.again': 'Changing how you prove it is you needs a fresh sign-in. Sign in once more.',
  'sign-in.just-title': 'Sign in',

  'methods.title': 'Ways to prove it is you',
  'methods.lead': 'They protect your sign-in, and bring you back when a password or a mailbox is lost.',
  'methods.none': 'You have set up nothing yet.',
  'methods.since': 'Set up on {{moment}}',
  'methods.used': 'Last used on {{moment}}',
  'methods.unused': 'Not used yet',
  'methods.left_one': '{{count}} code left',
  'methods.left_other': '{{count}} codes left',
  'methods.waits': 'May bring you back from {{moment}} on. At a sign-in it counts already.',
  'methods.add.totp': 'Add an authenticator app',
  'methods.add.recovery_code': 'Get recovery codes',
  'methods.why.totp': 'An app on your phone that shows codes, also without a network.',
  'methods.why.recovery_code': 'Ten codes to print, for the day when your phone is gone.',
  'methods.nudge': 'Set up a second way to prove it is you',
  'methods.change-password': 'Change your password',
  'methods.said.added': 'It is set up and counts from now on. We wrote to all your addresses.',
  'methods.said.removed': 'It was removed. We wrote to all your addresses.',
  'methods.said.renamed': 'It has its new name.',
  'methods.said.unknown': 'What you wanted to see is not there any more. This is what there is.',
  'methods.said.too-many': 'You have as many as you can have. Remove one first.',
  'methods.said.shown':
    'The codes were shown once and can’t be shown again. If you have not kept them, make new ones.',
  'methods.back': 'Back to the list',

  'set-up.title': 'Add an authenticator app',
  'set-up.lead': 'Scan this with the app, then type the code that it shows.',
  'set-up.picture': 'QR code for your authenticator app',
  'set-up.key': 'Or type this key into the app:',
  'set-up.open': 'Is the app on this device? Open it',
  'set-up.code': 'Code that the app shows now',
  'set-up.wrong':
    'This is not the code that the app shows now. Wait for the next one, and check that the clock of the device is right.',
  'set-up.name': 'Name for it, if you like',
  'set-up.name-hint': 'Such as “Blue phone”. Only you see it.',
  'set-up.submit': 'Finish',
  'set-up.not-now': 'Not now',

  'codes.title': 'Your recovery codes',
  'codes.lead':
    'Each works once, in place of your phone or your mailbox. Print them or write them down, and keep them where only you look.',
  'codes.once': 'You see them only now. Any older ones have stopped working.',
  'codes.of': '{{tenant}} account, {{moment}}',
  'codes.print': 'Print them',
  'codes.save': 'Save as a file',
  'codes.kept': 'I have kept them',

  'method.name': 'Name',
  'method.rename': 'Save the name',
  'method.try': 'Try it',
  'method.try-spends': 'The code that you try is used up.',
  'method.works': 'It works.',
  'method.works-other': 'This code works, but it belongs to something else that you set up.',
  'method.renew': 'Make new codes',
  'method.renew-says': 'As soon as there are new ones, those that you have stop working.',
  'method.remove': 'Remove it',
  'remove.title': 'Remove it?',
  'remove.lead': 'This proves nothing from then on: {{name}}. We write to all your addresses.',
  'remove.last': 'Nothing else protects your sign-in: from then on your password alone is enough.',
  'remove.confirm': 'Yes, remove it',
  'remove.keep': 'Keep it',

  'work.needed':
    'There is more to do here than usual, so your browser does a little work first. Please send this once more. There is nothing for you to solve.',
  'work.no-script': 'Your browser runs no script, so it waits instead.',
  'work.doing': 'Your browser is doing a little work first. This takes a few seconds.',
} as const
