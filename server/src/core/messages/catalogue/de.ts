import type { Catalogue } from './shape.ts'

/** Everything Rekey says, in German: the same facts as `en.ts`, as plain, with "Sie". */
export const de: Catalogue = {
  'page.brand': 'Konto bei {{tenant}}',
  'page.titled': '{{title}} – Konto bei {{tenant}}',
  'page.titled-problem': 'Bitte prüfen: {{title}} – Konto bei {{tenant}}',
  'page.demo': 'Dies ist eine Vorführung. Personen und Mails sind erfunden.',
  'page.progress': 'Fortschritt',
  'page.step-who': 'Wer Sie sind',
  'page.step-prove': 'Nachweis',
  'page.step-password': 'Neues Passwort',
  'page.step-unlock': 'Entsperren',
  'page.step-done': '{{step}}: erledigt',
  'page.help-desk': 'Helpdesk: {{helpDesk}}',
  'page.languages': 'Sprache',
  'page.continue': 'Weiter',
  'page.start-again': 'Neu beginnen',
  'page.ask-help-desk': 'Fragen Sie den Helpdesk: {{helpDesk}}.',
  'page.ask-your-help-desk': 'Fragen Sie Ihren Helpdesk.',

  'start.title': 'Zurück in Ihr Konto',
  'start.lead': 'Zwei Minuten. Sie brauchen das Postfach, das wir von Ihnen kennen.',
  'start.lead-service': 'Für {{service}}. Zwei Minuten; Sie brauchen das Postfach, das wir von Ihnen kennen.',
  'start.identifier': 'Benutzername oder E-Mail',
  'start.identifier-missing': 'Geben Sie zuerst Ihren Benutzernamen oder Ihre E-Mail-Adresse ein.',
  'start.identifier-unreadable':
    'Das ist zu lang oder enthält Zeichen, die kein Benutzername hat. Geben Sie es noch einmal ein.',
  'start.flow-unknown': 'Was Sie hier begonnen hatten, ist nicht mehr offen. Beginnen Sie neu.',
  'start.link-unusable':
    'Dieser Link ist benutzt oder zu alt. Beginnen Sie hier neu, dann schreiben wir Ihnen noch einmal.',
  'start.no-script':
    'Haben Sie den Link in unserer Mail geöffnet? Er braucht JavaScript, und das ist hier aus. Geben Sie den Code aus der Mail in dem Fenster ein, in dem Sie ihn angefordert haben, oder fordern Sie hier einen neuen an.',
  'start.unlock-title': 'Ihr Konto entsperren',
  'start.unlock-lead':
    'Zwei Minuten. Ihr Passwort bleibt, wie es ist. Sie brauchen das Postfach, das wir von Ihnen kennen.',
  'start.is-locked': 'Sie kennen Ihr Passwort, und das Konto ist gesperrt? Konto entsperren',
  'start.is-forgotten': 'Sie kennen Ihr Passwort nicht? Neues Passwort setzen',
  'start.is-known': 'Sie kennen Ihr Passwort? Passwort ändern',

  'prove.title': 'Sehen Sie in Ihr Postfach',
  'prove.lead':
    'Wenn es das Konto gibt, haben wir gerade an seine Adresse geschrieben. Öffnen Sie den Link in der Mail, oder geben Sie den Code daraus hier ein. Beides gilt bis {{time}}.',
  'prove.lead-link-only':
    'Wenn es das Konto gibt, haben wir gerade an seine Adresse geschrieben. Öffnen Sie den Link in der Mail. Er gilt bis {{time}}.',
  'prove.code': 'Code mit 8 Ziffern',
  'prove.wrong-code_one': 'Das ist nicht der Code aus der neuesten Mail. Sie haben noch {{count}} Versuch.',
  'prove.wrong-code_other':
    'Das ist nicht der Code aus der neuesten Mail. Sie haben noch {{count}} Versuche.',
  'prove.no-tries-left-title': 'Codes gelten hier nicht mehr',
  'prove.no-tries-left': 'Es waren zu viele falsche. Der Link in unserer Mail gilt weiter: Öffnen Sie ihn.',
  'prove.code-unreadable':
    'Der Code hat acht Ziffern, wie 1234 5678. Sehen Sie in die neueste Mail. Das hat keinen Versuch gekostet.',
  'prove.link-unusable': 'Dieser Link wurde benutzt oder ist zu alt. Fordern Sie einen neuen an.',
  'prove.sent-again':
    'Noch einmal angefordert. Wenn es das Konto gibt, ist eine neue Mail unterwegs; nehmen Sie die neueste.',
  'prove.asked-too-soon':
    'Sie haben eben erst gefragt. Warten Sie eine Minute, sehen Sie im Spam nach, und senden Sie dann noch einmal.',
  'prove.no-more-mails':
    'Diese Anfrage darf keine weitere Mail anfordern. Nehmen Sie die neueste, oder beginnen Sie neu.',
  'prove.mail-delayed':
    'Mails gehen gerade verspätet hinaus. Was Sie angefordert haben, kommt, sobald es geht; noch einmal anzufordern macht es nicht schneller. Ist bis {{time}} nichts da, beginnen Sie neu.',
  'prove.no-mail': 'Nach einer Minute keine Mail? Sehen Sie im Spam nach, und fordern Sie sie dann neu an.',
  'prove.resend': 'Noch einmal senden',
  'prove.other-name': 'Falscher Name? Neu beginnen',
  'prove.no-script': 'Der Link in der Mail braucht JavaScript, und das ist hier aus. Nehmen Sie den Code.',

  'landing.title': 'Sie haben unsere Mail geöffnet',
  'landing.lead': 'Weiter geht es auf der nächsten Seite: Dort wählen Sie ein neues Passwort.',
  'landing.unlock-lead': 'Weiter geht es auf der nächsten Seite: Dort entsperren Sie Ihr Konto.',

  'password.title': 'Wählen Sie ein neues Passwort',
  'password.lead':
    'Für {{identifier}}. Ein paar Wörter ohne Zusammenhang sind stark und bleiben im Gedächtnis.',
  'password.field': 'Neues Passwort',
  'password.again': 'Noch einmal dasselbe',
  'password.again-hint':
    'Ohne JavaScript können wir Ihnen die Eingabe nicht zeigen, darum fragen wir zweimal.',
  'password.show': 'Zeigen',
  'password.hide': 'Verbergen',
  'password.show-label': 'Das Passwort zeigen',
  'password.submit': 'Passwort setzen',
  'password.rules': 'Was es braucht',
  'password.private-ends-sessions':
    'Sie werden überall abgemeldet. Niemand bei {{tenant}} sieht je Ihr Passwort.',
  'password.private': 'Niemand bei {{tenant}} sieht je Ihr Passwort.',
  'password.meter-1': 'Leicht zu erraten',
  'password.meter-2': 'Noch leicht zu erraten',
  'password.meter-3': 'Fast gut',
  'password.meter-4': 'Schwer zu erraten',

  'unlock.title': 'Ihr Konto entsperren',
  'unlock.lead': 'Für {{identifier}}. Ihr Passwort bleibt, wie es ist.',
  'unlock.submit': 'Mein Konto entsperren',
  'unlock.instead': 'Stattdessen ein neues Passwort setzen',
  'unlock.is-locked':
    'Ihr Konto ist gesperrt. Ein neues Passwort entsperrt es. Oder Sie behalten das alte, wenn Sie es kennen:',
  'unlock.keep': 'Entsperren und Passwort behalten',
  'unlock.not-offered':
    'Bei diesem Konto können wir die Sperre allein nicht aufheben. Ein neues Passwort hebt sie auf.',
  'activate.title': 'Ihr Konto aktivieren',
  'activate.lead':
    'Sie haben eine Einladung per Mail. Geben Sie den Code daraus ein, und wählen Sie Ihr erstes Passwort.',
  'activate.code': 'Code aus der Einladung',
  'activate.submit': 'Aktivieren',
  'activate.landing-lead': 'Weiter geht es auf der nächsten Seite: Dort wählen Sie Ihr erstes Passwort.',
  'activate.wrong-code':
    'Diesen Code kennen wir nicht, oder er gilt nicht mehr. Vergleichen Sie ihn mit der neuesten Mail; Leerzeichen sind egal.',
  'activate.link-unusable':
    'Diese Einladung gilt nicht mehr: Sie ist benutzt, abgelaufen oder zurückgezogen.',
  'activate.ask': 'Bitten Sie um eine neue Einladung, wo Sie diese bekommen haben.',
  'activate.no-script':
    'Der Link in der Mail braucht JavaScript, das hier ausgeschaltet ist. Geben Sie den Code ein, der darunter steht.',
  'activate.password-title': 'Wählen Sie Ihr erstes Passwort',
  'activate.done-title': 'Ihr Konto ist bereit',
  'activate.done-note': 'Ihr Passwort gilt jetzt',

  'rule.length': 'Mindestens {{min}} Zeichen, höchstens {{max}}',
  'rule.any-characters': 'Alle Zeichen sind recht, auch Leerzeichen',
  'rule.characters.ascii':
    'Nur Buchstaben ohne Umlaute und Akzente, Ziffern, übliche Zeichen und Leerzeichen',
  'rule.characters.latin-1':
    'Nur Buchstaben westeuropäischer Sprachen, Ziffern, übliche Zeichen und Leerzeichen',
  'rule.classes-count': 'Mindestens {{required}} dieser Arten: {{classes}}',
  'rule.classes-named': 'Mit {{classes}}',
  'class.lowercase': 'Kleinbuchstaben',
  'class.uppercase': 'Großbuchstaben',
  'class.digit': 'Ziffern',
  'class.other': 'andere Zeichen oder Leerzeichen',
  'rule.not-common': 'Keines von denen, die alle probieren',
  'rule.not-about-you': 'Nicht Ihr Name, Ihre Adresse oder {{tenant}}',
  'rule.not-banned': 'Nicht aus Wörtern, die hier gesperrt sind',
  'rule.hard-to-guess': 'Schwer zu erraten, auch mit einem Wörterbuch',
  'rule.not-similar': 'Nicht Ihr jetziges mit kleinen Änderungen',
  'rule.not-too-soon_one': 'Nicht innerhalb von {{count}} Stunde nach der letzten Änderung',
  'rule.not-too-soon_other': 'Nicht innerhalb von {{count}} Stunden nach der letzten Änderung',
  'rule.not-in-history_one': 'Nicht Ihr letztes Passwort',
  'rule.not-in-history_other': 'Keines Ihrer letzten {{count}} Passwörter',
  'rule.not-breached': 'Keines, das bei anderen gestohlen wurde',

  'refusal.password-empty': 'Geben Sie ein neues Passwort ein.',
  'refusal.password-repeat-differs': 'Die beiden sind verschieden. Geben Sie beide noch einmal ein.',
  'refusal.password-unreadable':
    'Es enthält ein Zeichen, das man nicht tippen kann, etwa einen Zeilenumbruch. Geben Sie es noch einmal ein.',
  'refusal.password-too-short':
    'Zu kurz: Es hat {{length}} von mindestens {{min}} Zeichen. Fügen Sie ein Wort hinzu.',
  'refusal.password-too-long': 'Zu lang: Nehmen Sie höchstens {{max}} Zeichen.',
  'refusal.password-classes-missing.count':
    'Es hat {{have}} dieser Arten und braucht {{required}}: {{classes}}.',
  'refusal.password-classes-missing.named': 'Es fehlen noch: {{classes}}.',
  'refusal.password-characters-not-allowed.ascii':
    'Einige seiner Zeichen gehen hier nicht. Nehmen Sie Buchstaben ohne Umlaute und Akzente, Ziffern, übliche Zeichen und Leerzeichen.',
  'refusal.password-characters-not-allowed.latin-1':
    'Einige seiner Zeichen gehen hier nicht. Nehmen Sie Buchstaben westeuropäischer Sprachen, Ziffern, übliche Zeichen und Leerzeichen.',
  'refusal.password-common':
    'Zu leicht zu erraten: Es steht auf der Liste, die alle zuerst probieren. Wählen Sie ein anderes.',
  'refusal.password-banned':
    'Zu leicht zu erraten: Es besteht fast nur aus Wörtern, die hier alle probieren würden. Nehmen Sie andere Wörter.',
  'refusal.password-too-similar':
    'Zu ähnlich: Wer Ihr jetziges kennt, probiert dieses als Nächstes. Nehmen Sie andere Wörter.',
  'refusal.password-breached':
    'Genau dieses Passwort wurde anderswo gestohlen, und solche Listen werden zuerst probiert. Wählen Sie ein anderes.',
  'refusal.password-unchecked':
    'Wir konnten dieses Passwort gerade nicht nachschlagen. Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.',
  'refusal.password-contains-you.username':
    'Zu leicht zu erraten: Es ist Ihr Benutzername mit wenig dazu. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-contains-you.name':
    'Zu leicht zu erraten: Es ist Ihr Name mit wenig dazu. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-contains-you.mail':
    'Zu leicht zu erraten: Es ist Ihre E-Mail-Adresse mit wenig dazu. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-contains-you.organisation':
    'Zu leicht zu erraten: Es ist ein Name von Ihrer Arbeit mit wenig dazu. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-contains-you.product':
    'Zu leicht zu erraten: Es ist das Wort „Passwort“ oder der Name dessen, was es öffnet, mit wenig dazu. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-too-guessable.keyboard-pattern':
    'Zu leicht zu erraten: Die Tasten liegen in einer Reihe. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-too-guessable.repeated-pattern':
    'Zu leicht zu erraten: Es wiederholt sich. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-too-guessable.sequence':
    'Zu leicht zu erraten: Es zählt hoch oder sagt das Alphabet auf. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-too-guessable.date':
    'Zu leicht zu erraten: Es ist vor allem ein Datum. Fügen Sie Wörter ohne Zusammenhang hinzu.',
  'refusal.password-too-guessable.like-common-password':
    'Zu leicht zu erraten: Es gleicht einem, das alle probieren. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-too-guessable.common-words':
    'Zu leicht zu erraten: Diese Wörter werden früh probiert. Nehmen Sie mehr und seltenere.',
  'refusal.password-too-guessable.about-you':
    'Zu leicht zu erraten: Es ist vor allem, was jeder von Ihnen weiß. Nehmen Sie Wörter ohne Zusammenhang.',
  'refusal.password-too-guessable.too-simple':
    'Zu leicht zu erraten. Fügen Sie ein oder zwei Wörter ohne Zusammenhang hinzu.',
  'refusal.password-in-history': 'Das hatten Sie schon. Wählen Sie ein neues.',
  'refusal.password-in-history.latest_one': 'Das ist Ihr letztes Passwort. Wählen Sie ein neues.',
  'refusal.password-in-history.latest_other':
    'Das ist eines Ihrer letzten {{count}} Passwörter. Wählen Sie ein neues.',
  'refusal.password-unchanged':
    'Das ist Ihr jetziges Passwort. Melden Sie sich damit an, oder wählen Sie ein anderes.',
  'refusal.password-too-young.until':
    'Es wurde vor Kurzem geändert. Ab {{moment}} können Sie es wieder ändern.',
  'refusal.password-too-young':
    'Das Verzeichnis nimmt so bald nach dem letzten kein neues Passwort an. Versuchen Sie es später, oder fragen Sie den Helpdesk.',
  'refusal.password-too-short-for-directory': 'Das Verzeichnis will ein längeres. Fügen Sie ein Wort hinzu.',
  'refusal.password-too-weak-for-directory':
    'Das Verzeichnis will ein stärkeres. Nehmen Sie ein längeres, mit Großbuchstaben, Ziffern und Zeichen.',
  'refusal.password-change-not-allowed':
    'Das Verzeichnis erlaubt diesem Konto kein neues Passwort. Fragen Sie den Helpdesk.',
  'refusal.password-too-long-for-directory':
    'Das Verzeichnis nimmt nur kürzere an. Nehmen Sie weniger Zeichen; Umlaute und Zeichen anderer Schriften zählen mehrfach.',

  'working.title': 'Ihr neues Passwort wird gesetzt',
  'working.lead':
    'Das Verzeichnis braucht etwas länger. Diese Seite sieht von selbst nach; lassen Sie sie offen.',
  'working.look-now': 'Jetzt nachsehen',

  'accepted.title': 'Ihr neues Passwort ist angenommen',
  'accepted.not-yet': 'Es gilt noch nicht',
  'accepted.lead':
    'Das Verzeichnis Ihres Kontos ist gerade nicht erreichbar. Das neue Passwort wird bis {{moment}} gelten, es sei denn, es lässt sich nicht setzen; wir schreiben Ihnen in jedem Fall.',
  'accepted.until':
    'Solange diese Mail nicht da ist, hat sich nichts geändert: Ihre bisherige Anmeldung funktioniert weiter.',
  'accepted.mail': 'Ist bis dahin keine Mail gekommen, beginnen Sie neu.',
  'accepted.close': 'Sie können dieses Fenster schließen.',

  'sign-in.title': 'Zum Ändern des Passworts anmelden',
  'sign-in.lead': 'Nehmen Sie das Passwort, das Sie jetzt haben.',
  'sign-in.password': 'Passwort',
  'sign-in.submit': 'Anmelden',
  'sign-in.forgot': 'Passwort vergessen?',
  'sign-in.missing': 'Geben Sie Ihren Namen und Ihr Passwort ein.',
  'sign-in.refused':
    'Mit diesem Namen und Passwort konnten wir Sie nicht anmelden. Prüfen Sie beides, oder kommen Sie per Mail wieder hinein.',
  'sign-in.second-factor':
    'Ihr Passwort stimmt, aber dieses Konto verlangt mehr als ein Passwort, und das geht hier nicht.',
  'sign-in.session-over':
    'Sie sind hier abgemeldet, weil einige Zeit vergangen ist oder Ihr Passwort geändert wurde. Melden Sie sich wieder an.',
  'sign-in.signed-out': 'Sie sind abgemeldet.',
  'sign-in.lead-provider': 'Sie melden sich dort an, wo Sie es immer tun, und kommen dann hierher zurück.',
  'sign-in.provider': 'Mit {{label}} anmelden',
  'sign-in.second-factor-provider':
    'Ihr Passwort stimmt, aber dieses Konto verlangt mehr als ein Passwort. Nehmen Sie stattdessen „{{label}}“.',
  'sign-in.not-finished':
    'Diese Anmeldung hat zu lange gedauert, wurde schon verwendet oder nicht hier begonnen. Fangen Sie noch einmal an.',
  'sign-in.no-account': 'Ihre Anmeldung hat geklappt, aber wir haben hier kein Konto dazu gefunden.',
  'sign-in.provider-unreachable':
    'Die Anmeldung des Unternehmens ist nicht erreichbar. Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.',
  'change.title': 'Passwort ändern',
  'change.lead': 'Sie sind angemeldet als {{identifier}}.',
  'change.current': 'Jetziges Passwort',
  'change.current-wrong': 'Das ist nicht Ihr jetziges Passwort. Geben Sie es noch einmal ein.',
  'change.too-late':
    'Das hat zu lange gedauert oder wurde zweimal gesendet. Geändert wurde nichts. Geben Sie beide Passwörter noch einmal ein.',
  'change.keep': 'Hier angemeldet bleiben',
  'change.sign-out': 'Abmelden',
  'change.must.directory': 'Ihr Passwort hat jemand anderes gesetzt. Wählen Sie eines, das nur Sie kennen.',
  'change.must.expired': 'Ihr Passwort ist abgelaufen. Wählen Sie ein neues, dann geht es weiter.',
  'change.must.ordered': 'Sie sollen ein neues Passwort wählen, bevor es weitergeht.',
  'change.must.breached':
    'Genau dieses Passwort haben andere schon verloren; wer rät, probiert es zuerst. Wählen Sie jetzt ein neues.',
  'change.must.expired-until':
    'Ihr Passwort ist abgelaufen. Es öffnet diese Seite noch bis {{moment}}: Wählen Sie jetzt ein neues.',
  'change.must.weak':
    'Ihr Passwort erfüllt die heutigen Regeln nicht mehr. Wählen Sie ein neues, dann geht es weiter.',
  'change.expires': 'Ihr Passwort läuft ab: {{moment}}. Sie können schon jetzt ein neues wählen.',
  'change.found.breached':
    'Genau dieses Passwort haben andere schon verloren; wer rät, probiert es zuerst. Besser, Sie wählen ein neues.',
  'change.found.weak': 'Ihr Passwort erfüllt die heutigen Regeln nicht mehr. Besser, Sie wählen ein neues.',

  'done.title': 'Sie sind zurück',
  'done.changed-title': 'Ihr Passwort wurde geändert',
  'done.note': 'Ihr neues Passwort gilt jetzt',
  'done.signed-out': 'Sie sind überall abgemeldet.',
  'done.other-devices': 'Ihre Geräte fragen danach, wenn sie sich das nächste Mal anmelden.',
  'done.lead':
    'Wir haben an alle Ihre Adressen geschrieben. So wüssten Sie es, wenn Sie es nicht gewesen wären.',
  'done.sign-in': 'Bei {{service}} anmelden',
  'done.close': 'Melden Sie sich damit an, wo Sie waren. Dieses Fenster können Sie schließen.',
  'done.unlocked-title': 'Ihr Konto ist entsperrt',
  'done.unlocked-note': 'Es gilt das Passwort, das Sie hatten',
  'done.unlocked-close': 'Melden Sie sich an, wo Sie waren. Dieses Fenster können Sie schließen.',
  'done.not-locked-title': 'Ihr Konto war nicht gesperrt',
  'done.not-locked-note': 'Es wurde nichts geändert',
  'done.not-locked-lead':
    'Wenn Sie sich nicht anmelden können, lautet das Passwort vielleicht anders, als Sie denken. Setzen Sie ein neues.',

  'second-proof.title': 'Eine Mail allein reicht hier nicht',
  'second-proof.way-on':
    'Diese Anfrage hat nichts geändert. Der Helpdesk kann auf anderem Weg prüfen, wer Sie sind.',

  'because.disabled':
    'Dieses Konto ist abgeschaltet. Es bekommt kein neues Passwort und wird nicht entsperrt.',
  'because.federated':
    'Bei diesem Konto melden Sie sich über eine andere Organisation an. Sein Passwort liegt dort und nicht bei {{tenant}}; setzen Sie es dort zurück.',
  'because.federated-at':
    'Bei diesem Konto melden Sie sich mit „{{provider}}“ an. Sein Passwort liegt dort und nicht bei {{tenant}}.',
  'because.privileged':
    'Konten mit weitreichenden Rechten bekommen per Mail kein neues Passwort und werden nicht per Mail entsperrt.',
  'because.second-factor':
    'Dieses Konto meldet sich mit einem zweiten Faktor an. Eine Mail kann nicht beides ersetzen; es braucht einen zweiten Nachweis.',
  'because.disavowed':
    'Jemand hat uns gesagt, dass eine Anfrage für dieses Konto nicht von ihm kam. Einen Tag lang braucht es einen zweiten Nachweis.',
  'because.not-activated':
    'Dieses Konto wurde noch nie aktiviert. Benutzen Sie unsere Einladung, oder bitten Sie um eine neue, wo Sie sie bekommen haben.',

  'ended.expired.title': 'Das hat zu lange gedauert',
  'ended.expired.lead':
    'Anfragen enden nach einer Weile, damit niemand eine offene findet. Ihr Passwort ist unverändert.',
  'ended.superseded.title': 'Das wurde an anderer Stelle erledigt',
  'ended.superseded.lead':
    'Eine neuere Anfrage für dieses Konto wurde abgeschlossen, darum endete diese. Waren das nicht Sie, nehmen Sie „Das war ich nicht“ in unserer Mail.',
  'ended.disavowed.title': 'Diese Anfrage wurde gestoppt',
  'ended.disavowed.lead': 'Jemand mit einer Mail dieses Kontos hat uns gesagt, dass sie nicht von ihm kam.',
  'ended.outcome-unknown.title': 'Probieren Sie Ihr neues Passwort',
  'ended.outcome-unknown.lead':
    'Die Antwort des Verzeichnisses ging verloren, darum wissen wir nicht, ob es gesetzt wurde. Probieren Sie das neue Passwort; geht es nicht, beginnen Sie neu.',
  'ended.too-many-refusals.title': 'Zu viele Versuche',
  'ended.too-many-refusals.lead':
    'Viele Passwörter hintereinander wurden nicht angenommen, darum endete diese Anfrage. Ihr Passwort ist unverändert. Drei oder vier Wörter ohne Zusammenhang gehen meist.',
  'ended.account-unavailable.title': 'Das Verzeichnis hat es nicht angenommen',
  'ended.account-unavailable.lead':
    'Dieses Konto kann zurzeit kein neues Passwort bekommen. Ihr Passwort ist unverändert. Der Helpdesk sieht, warum.',
  'ended.ended-by-operator.title': 'Diese Anfrage wurde beendet',
  'ended.ended-by-operator.lead':
    'Jemand, der Konten betreut, hat alles beendet, was für dieses Konto offen war. Hier wurde kein Passwort geändert.',
  'ended.not-set-in-time.title': 'Ihr neues Passwort wurde nicht gesetzt',
  'ended.not-set-in-time.lead':
    'Das Verzeichnis war nicht rechtzeitig erreichbar, darum wurde das gewählte Passwort verworfen. Es hat sich nichts geändert.',
  'ended.refused-later.title': 'Das Verzeichnis nahm es später nicht an',
  'ended.refused-later.lead':
    'Als das Verzeichnis wieder erreichbar war, nahm es das gewählte Passwort nicht an. Es hat sich nichts geändert. Beginnen Sie neu und wählen Sie ein anderes.',

  'disavow.title': 'Das war ich nicht',
  'disavow.lead':
    'Jemand hat ein neues Passwort für Ihr Konto angefordert oder gesetzt, und Sie waren es nicht? Wir beenden jede offene Anfrage. Wurde schon ein Passwort gesetzt, braucht das nächste einen Tag lang einen zweiten Nachweis.',
  'disavow.landing-lead':
    'Wir beenden jede offene Anfrage für Ihr Konto. Wurde schon ein Passwort gesetzt, braucht das nächste einen Tag lang einen zweiten Nachweis. Anmelden können Sie sich weiter.',
  'disavow.confirm': 'Ja, das war ich nicht',
  'disavow.code': 'Code unter „Das war ich nicht“ in unserer Mail',
  'disavow.wrong-code':
    'Diesen Code kennen wir nicht. Vergleichen Sie ihn mit der neuesten Mail; Leerzeichen sind egal.',
  'disavow.code-unreadable': 'Geben Sie den Code ein, der in unserer Mail unter „Das war ich nicht“ steht.',
  'disavow.link-unusable':
    'Dieser Link ist zu alt. Haben Sie eine neuere Mail, nehmen Sie diese, oder fragen Sie den Helpdesk.',
  'disavow.no-script':
    'Der Link in der Mail braucht JavaScript, und das ist hier aus. Geben Sie den Code ein, der darunter steht.',

  'disavowed.title': 'Danke. Es ist gestoppt',
  'disavowed.note': 'Jede offene Anfrage für Ihr Konto ist beendet',
  'disavowed.lead': 'Links und Codes von vorher gelten nicht mehr. Ihr Passwort ist unverändert.',
  'disavowed.lead-changed':
    'Links und Codes von vorher gelten nicht mehr. Das Passwort war schon geändert; für ein neues brauchen Sie einen zweiten Nachweis. Sprechen Sie jetzt mit dem Helpdesk.',
  'disavowed.next':
    'Einen Tag lang ändert eine Mail allein das Passwort dieses Kontos nicht. Beim Helpdesk liegt ein Ticket.',

  'problem.not-found.title': 'Hier ist keine Seite',
  'problem.not-found.lead':
    'Vielleicht ist die Adresse abgeschnitten. Öffnen Sie den Link in der Mail noch einmal, oder beginnen Sie auf der ersten Seite.',
  'problem.request-unusable.title': 'Das konnten wir nicht lesen',
  'problem.request-unusable.lead':
    'Was ankam, war nicht, was diese Seite sendet. Ihr Passwort ist unverändert. Beginnen Sie neu.',
  'problem.form-stale.title': 'Diese Seite war zu lange offen',
  'problem.form-stale.lead': 'Es wurde nichts geändert. Beginnen Sie neu; es dauert zwei Minuten.',
  'problem.too-many-requests.title': 'Zu viele auf einmal',
  'problem.too-many-requests.lead': 'Aus Ihrem Netz kamen viele Anfragen. Ihr Passwort ist unverändert.',
  'problem.directory-unreachable.title': 'Wir haben das Verzeichnis nicht erreicht',
  'problem.directory-unreachable.lead': 'Ihr Passwort ist unverändert, und nichts ist verloren.',
  'problem.directory-not-writable.title': 'Zurzeit können wir nichts an Ihrem Konto tun',
  'problem.directory-not-writable.lead':
    'Ihr Passwort ist unverändert. Zuerst muss etwas repariert werden: Sagen Sie dem Helpdesk Bescheid, und kommen Sie mit einer neuen Mail wieder.',
  'problem.unavailable.title': 'Das geht gerade nicht',
  'problem.unavailable.lead': 'Ihr Passwort ist unverändert. Die Betreiber wissen Bescheid.',
  'problem.internal.title': 'Bei uns ist etwas kaputtgegangen',
  'problem.internal.lead':
    'Es liegt nicht an Ihnen. Gehen Sie auf die erste Seite; sie weiß, wo Sie waren. Die Betreiber wissen Bescheid.',
  'problem.wait-seconds_one': 'Versuchen Sie es in {{count}} Sekunde noch einmal.',
  'problem.wait-seconds_other': 'Versuchen Sie es in {{count}} Sekunden noch einmal.',
  'problem.wait-minutes_one': 'Versuchen Sie es in {{count}} Minute noch einmal.',
  'problem.wait-minutes_other': 'Versuchen Sie es in {{count}} Minuten noch einmal.',
  'problem.request-id': 'Für den Helpdesk: {{requestId}}',
  'problem.back': 'Zurück zur Seite',

  'device.named': '{{browser}} auf {{system}}',
  'device.desktop-app': 'eine Desktop-App',

  'place.named': '{{city}}, {{country}}',

  'mail.when': 'Wann',
  'mail.account': 'Konto',
  'mail.device': 'Gerät',
  'mail.place': 'Ort',
  'mail.unknown-device': 'Nicht erkannt',
  'mail.unknown-place': 'Nicht bekannt',
  'mail.sign-off':
    'Von {{tenant}} an die Adresse, die zu diesem Konto gehört. Leiten Sie diese Mail nicht weiter.',

  'mail.recovery.subject': 'Ein neues Passwort wurde bei {{tenant}} angefordert',
  'mail.recovery.lead': 'Jemand hat ein neues Passwort für Ihr Konto bei {{tenant}} angefordert.',
  'mail.recovery.if-you': 'Waren Sie das, öffnen Sie diesen Link und wählen Sie eines:',
  'mail.recovery.button': 'Neues Passwort wählen',
  'mail.recovery.code': 'Oder geben Sie diesen Code in dem Fenster ein, in dem Sie ihn angefordert haben:',
  'mail.recovery.until': 'Link und Code gelten einmal, bis {{moment}}.',
  'mail.recovery.until-link': 'Der Link gilt einmal, bis {{moment}}.',
  'mail.recovery.never-told':
    'Niemand bei {{tenant}} fragt Sie je nach diesem Code: nicht am Telefon, nicht im Chat. Geben Sie ihn niemandem.',
  'mail.recovery.never-told-link':
    'Niemand bei {{tenant}} fragt Sie je nach diesem Link. Geben Sie ihn niemandem.',
  'mail.recovery.otherwise': 'Tun Sie nichts, ändert sich nichts.',

  'mail.recovery-explained.subject': 'Ein neues Passwort wurde bei {{tenant}} angefordert',
  'mail.recovery-explained.lead':
    'Jemand hat ein neues Passwort für Ihr Konto bei {{tenant}} angefordert. Per Mail geht das hier nicht.',

  'mail.password-changed.subject': 'Ihr Passwort wurde geändert',
  'mail.password-changed.lead': 'Das Passwort Ihres Kontos bei {{tenant}} wurde geändert.',
  'mail.password-changed.if-you': 'Waren Sie das, ist alles getan: Das neue gilt, das alte nicht mehr.',

  'mail.password-unexplained.subject': 'Probieren Sie Ihr neues Passwort',
  'mail.password-unexplained.lead':
    'Ein neues Passwort ging an das Verzeichnis Ihres Kontos bei {{tenant}}, und die Antwort ging verloren.',
  'mail.password-unexplained.try': 'Probieren Sie das neue Passwort. Geht es nicht, beginnen Sie neu:',

  'mail.password-accepted.subject': 'Ihr neues Passwort gilt noch nicht',
  'mail.password-accepted.lead':
    'Ein neues Passwort für Ihr Konto bei {{tenant}} wurde angenommen. Es gilt noch nicht.',
  'mail.password-accepted.until':
    'Das Verzeichnis Ihres Kontos ist gerade nicht erreichbar. Das neue Passwort wird bis {{moment}} gelten, es sei denn, es lässt sich nicht setzen; wir schreiben Ihnen in jedem Fall noch einmal.',
  'mail.password-accepted.then':
    'Solange diese Mail nicht da ist, hat sich nichts geändert. Ist bis dahin keine gekommen, beginnen Sie neu.',

  'mail.password-not-set.subject': 'Ihr neues Passwort wurde nicht gesetzt',
  'mail.password-not-set.lead': 'Das neue Passwort für Ihr Konto bei {{tenant}} konnte nicht gesetzt werden.',
  'mail.password-not-set.late':
    'Das Verzeichnis des Kontos war nicht rechtzeitig erreichbar, und das Passwort wurde verworfen.',
  'mail.password-not-set.refused':
    'Als das Verzeichnis wieder erreichbar war, nahm es das Passwort nicht an: Seine Regeln oder das Konto können sich inzwischen geändert haben.',
  'mail.password-not-set.unchanged':
    'Es hat sich nichts geändert: Womit Sie sich bisher angemeldet haben, das geht weiter.',
  'mail.password-not-set.again': 'Beginnen Sie neu und wählen Sie ein neues Passwort:',

  'mail.disavowed.subject': 'Sie haben uns gesagt: Das war ich nicht',
  'mail.disavowed.lead':
    'Jemand mit einer Mail Ihres Kontos bei {{tenant}} hat uns gesagt, dass eine Anfrage nicht von ihm kam.',
  'mail.disavowed.ended': 'Jede offene Anfrage ist beendet; Links und Codes von vorher gelten nicht mehr.',
  'mail.disavowed.unchanged': 'Ihr Passwort ist unverändert. Anmelden können Sie sich wie immer.',
  'mail.disavowed.next':
    'Einen Tag lang ändert eine Mail allein das Passwort dieses Kontos nicht. Anmelden können Sie sich wie immer.',
  'mail.disavowed.help':
    'Geht Ihr Passwort nicht mehr, hat es vielleicht jemand anders geändert: Sprechen Sie jetzt mit dem Helpdesk.',

  'mail.unlock.subject': 'Jemand möchte Ihr Konto bei {{tenant}} entsperren',
  'mail.unlock.lead': 'Jemand möchte Ihr Konto bei {{tenant}} entsperren.',
  'mail.unlock.if-you': 'Waren Sie das, öffnen Sie diesen Link und entsperren Sie es:',
  'mail.unlock.button': 'Mein Konto entsperren',
  'mail.unlock-explained.subject': 'Jemand möchte Ihr Konto bei {{tenant}} entsperren',
  'mail.unlock-explained.lead':
    'Jemand möchte Ihr Konto bei {{tenant}} entsperren. Per Mail geht das hier nicht.',
  'mail.account-unlocked.subject': 'Ihr Konto wurde entsperrt',
  'mail.account-unlocked.lead':
    'Ihr Konto bei {{tenant}} wurde entsperrt. Sein Passwort ist dasselbe wie zuvor.',
  'mail.account-unlocked.if-you':
    'Waren Sie das, ist alles getan: Melden Sie sich mit dem Passwort an, das Sie haben.',
  'mail.invitation.subject': 'Ihr Konto bei {{tenant}} wartet auf Sie',
  'mail.invitation.lead': 'Sie haben ein Konto bei {{tenant}}. Ihm fehlt noch das erste Passwort.',
  'mail.invitation.if-you': 'Öffnen Sie diesen Link und wählen Sie eines:',
  'mail.invitation.button': 'Mein Passwort wählen',
  'mail.invitation.otherwise': 'Haben Sie das nicht erwartet, tun Sie nichts. Das Konto bleibt zu.',
  'mail.invited-elsewhere.subject': 'Jemand wurde zu Ihrem Konto eingeladen',
  'mail.invited-elsewhere.lead':
    'Jemand wurde eingeladen, ein Passwort für Ihr Konto bei {{tenant}} zu setzen. Die Mail ging an eine andere Adresse als diese.',
  'mail.invited-elsewhere.if-you':
    'Gehört die andere Adresse Ihnen, ist nichts zu tun. Wenn nicht, sagen Sie es jetzt: Dann gilt die Einladung nicht mehr.',
  'mail.account-activated.subject': 'Ihr Konto ist bereit',
  'mail.account-activated.lead': 'Das erste Passwort Ihres Kontos bei {{tenant}} wurde gesetzt.',
  'mail.account-activated.if-you': 'Waren Sie das, ist alles getan: Melden Sie sich damit an.',

  'mail.method-added.subject': 'Ein neuer Nachweis wurde eingerichtet',
  'mail.method-added.lead':
    'Für Ihr Konto bei {{tenant}} wurde ein neuer Nachweis eingerichtet, dass Sie es sind:',
  'mail.method-added.if-you': 'Waren Sie es, ist nichts weiter zu tun. Er gilt ab jetzt.',
  'mail.method-removed.subject': 'Ein Nachweis wurde entfernt',
  'mail.method-removed.lead': 'Damit weisen Sie sich für Ihr Konto bei {{tenant}} nicht mehr aus:',
  'mail.method-removed.if-you': 'Waren Sie es, ist nichts weiter zu tun.',
  'mail.method': 'Was',
  'method.totp': 'Authenticator-App',
  'method.recovery_code': 'Wiederherstellungscodes',
  'method.passkey': 'Passkey',
  'proof.use.passkey': 'Passkey verwenden',
  'methods.add.passkey': 'Passkey hinzufügen',
  'methods.why.passkey':
    'Ihr Finger, Ihr Gesicht oder die PIN Ihres Geräts. Auf einer gefälschten Seite funktioniert er nie.',
  'methods.synced': 'Auf allen Ihren Geräten, vom Hersteller aufbewahrt',
  'methods.on-device': 'Nur in einem Gerät',
  'passkey.lead': 'Ihr Gerät fragt nach Finger, Gesicht oder PIN. Nichts davon verlässt es.',
  'passkey.make': 'Passkey erstellen',
  'passkey.use': 'Mit Passkey weiter',
  'passkey.try': 'Ausprobieren',
  'passkey.failed': 'Das hat nicht geklappt oder wurde abgebrochen. Versuchen Sie es noch einmal.',
  'passkey.refused':
    'Dieser Passkey geht hier nicht. Nehmen Sie einen, den Sie für dieses Konto eingerichtet haben, oder einen anderen Weg.',
  'passkey.no-support': 'Dieser Browser kennt keine Passkeys. Nehmen Sie einen anderen.',
  'passkey.no-script': 'Passkeys brauchen JavaScript, und das ist hier ausgeschaltet.',

  'mail.disavow.lead': 'Waren Sie es nicht, sagen Sie es uns. Ein Klick genügt, ohne Anmeldung:',
  'mail.disavow.button': 'Das war ich nicht',
  'mail.disavow.code': 'Oder gehen Sie zu {{page}} und geben Sie diesen Code ein:',

  'mail.change-required.subject': 'Sie brauchen ein neues Passwort',
  'mail.change-required.lead': 'Das Passwort Ihres Kontos bei {{tenant}} muss geändert werden.',
  'mail.change-required.how':
    'Bei der nächsten Anmeldung werden Sie nach einem neuen gefragt. Sie können auch jetzt schon eines wählen:',
  'mail.by-help': 'Das hat jemand veranlasst, der bei {{tenant}} Konten betreut.',
  'mail.expires': 'Läuft ab',
  'mail.expired': 'Abgelaufen',
  'mail.change-button': 'Passwort ändern',
  'mail.change-forgot': 'Sie kennen es nicht mehr? Dann geht es per Mail weiter: {{page}}',
  'mail.password-expires.subject': 'Ihr Passwort läuft bald ab',
  'mail.password-expires.lead': 'Das Passwort Ihres Kontos bei {{tenant}} läuft bald ab.',
  'mail.password-expires.before': 'Wählen Sie vorher ein neues. Sie brauchen dazu das jetzige:',
  'mail.password-expired.subject': 'Ihr Passwort ist abgelaufen',
  'mail.password-expired.lead': 'Das Passwort Ihres Kontos bei {{tenant}} ist abgelaufen.',
  'mail.password-expired.now': 'Wählen Sie ein neues. Sie brauchen dazu das bisherige:',
  'mail.password-expired.until':
    'Wählen Sie bis {{moment}} ein neues, bevor das alte anderswo nicht mehr gilt. Sie brauchen dazu das alte:',
  'mail.elsewhere.how': 'Wenn es nicht mehr geht, bekommen Sie dort ein neues:',
  'mail.elsewhere.button': 'Zu {{provider}}',

  'targets.title': 'Ihr neues Passwort gilt noch nicht überall',
  'targets.lead': 'Es ist gesetzt und gilt, wo es hier steht.',
  'targets.retry':
    'Warten Sie eine Minute und geben Sie es noch einmal ein: Dann versuchen wir es bei den anderen erneut.',
  'targets.is.waiting': 'Hat noch das alte Passwort.',
  'targets.is.written': 'Das neue Passwort gilt.',
  'targets.is.unreachable': 'War nicht erreichbar und hat noch das alte Passwort.',
  'targets.is.refused': 'Hat es nicht angenommen und hat noch das alte Passwort.',
  'targets.is.not-writable':
    'Nimmt gerade keine Änderungen an und hat noch das alte Passwort. Sagen Sie dem Helpdesk Bescheid.',
  'targets.is.unknown':
    'Hat nicht geantwortet. Versuchen Sie dort das neue Passwort und, wenn es nicht geht, das alte.',
  'targets.password': 'Das neue Passwort noch einmal',
  'targets.again': 'Erneut versuchen',
  'targets.another': 'Das ist nicht das Passwort, das Sie eben gesetzt haben. Geben Sie dieses ein.',
  'targets.tried': 'Eben noch einmal versucht: Es gilt noch immer nicht überall.',
  'targets.unreached': 'Nicht erreichbar: {{applications}}.',
  'targets.other': 'Mit einem anderen Passwort neu beginnen',
  'targets.later':
    'Sie können es auch lassen, wie es ist: Wenn Sie ein andermal ein neues Passwort setzen, bekommen es alle.',
  'targets.next': 'Wenn Sie ein andermal ein neues Passwort setzen, bekommen es alle.',
  'mail.targets.written': 'Neues Passwort',
  'mail.targets.unchanged': 'Altes Passwort',
  'mail.targets.unknown': 'Nicht sicher',
  'mail.targets.partly':
    'Wenn Sie das waren: Das neue Passwort gilt noch nicht überall. Damit Sie wieder nur eines haben, setzen Sie hier ein neues: {{page}}',
  'text.recovery':
    '{{code}} ist Ihr Code für ein neues Passwort bei {{tenant}}. Er gilt bis {{time}}. Geben Sie ihn niemandem.',
  'text.unlock':
    '{{code}} ist Ihr Code zum Entsperren Ihres Kontos bei {{tenant}}. Er gilt bis {{time}}. Geben Sie ihn niemandem.',
  'text.spoken':
    'Hier ist {{tenant}}. Ihr Code ist {{code}}. Noch einmal, Ihr Code ist {{code}}. Geben Sie ihn niemandem.',

  'proof.title': 'Auf andere Art nachweisen',
  'proof.first-lead': 'Wenn es das Konto gibt und dies dafür eingerichtet ist, geht es ohne Mail weiter.',
  'proof.second-title': 'Noch ein Nachweis',
  'proof.second-lead': '{{have}} von {{need}} ist erledigt. Weisen Sie es jetzt auf andere Art nach.',
  'proof.other-ways': 'Oder nehmen Sie etwas anderes:',
  'proof.no-mailbox': 'Kein Zugriff auf Ihr Postfach? Nehmen Sie etwas anderes, das Sie eingerichtet haben:',
  'proof.use.email_code': 'Unsere Mail nehmen',
  'proof.use.totp': 'Authenticator-App nehmen',
  'proof.use.recovery_code': 'Wiederherstellungscode nehmen',
  'proof.lost': 'Alles davon verloren?',
  'proof.label.totp': 'Code aus der Authenticator-App',
  'proof.hint.totp': 'Sechs Ziffern, die jede halbe Minute wechseln.',
  'proof.label.recovery_code': 'Wiederherstellungscode',
  'proof.hint.recovery_code': 'Einer von denen, die Sie gedruckt oder gespeichert haben. Jeder gilt einmal.',
  'proof.hint.email_code': 'Aus der neuesten Mail. Ihr Link bewirkt dasselbe.',
  'proof.wrong_one': 'Dieser Code stimmt nicht oder wurde schon benutzt. Sie haben noch {{count}} Versuch.',
  'proof.wrong_other':
    'Dieser Code stimmt nicht oder wurde schon benutzt. Sie haben noch {{count}} Versuche.',
  'proof.wrong-now': 'Dieser Code stimmt nicht oder wurde schon benutzt. Nehmen Sie einen anderen.',
  'proof.unreadable.totp': 'Der Code hat sechs Ziffern, wie {{example}}. Das hat keinen Versuch gekostet.',
  'proof.unreadable.recovery_code':
    'Ein Wiederherstellungscode hat sechzehn Buchstaben und Ziffern, wie {{example}}. Das hat keinen Versuch gekostet.',
  'proof.use.sms_code': 'Code als SMS nehmen',
  'proof.text-lead': 'Wenn für das Konto eine Mobilnummer hinterlegt ist, kann ein Code dorthin gehen.',
  'proof.text-ask': 'SMS senden',
  'proof.hint.sms_code': 'Aus der neuesten SMS. Er gilt höchstens zehn Minuten.',
  'proof.text-sent':
    'Angefordert. Wenn für das Konto eine Nummer hinterlegt ist, ist eine SMS mit einem Code unterwegs.',
  'proof.text-asked-too-soon':
    'Sie haben eben erst gefragt. Warten Sie eine Minute, und fragen Sie dann noch einmal.',
  'proof.text-no-more-mails': 'Diese Anfrage darf keine weitere Nachricht anfordern. Beginnen Sie neu.',
  'proof.unreadable.sms_code': 'Der Code hat acht Ziffern, wie {{example}}. Das hat keinen Versuch gekostet.',
  'proof.too-many-tries':
    'Es waren zu viele Versuche. Warten Sie eine Weile, oder nehmen Sie einen anderen Weg.',
  'proof.no-tries-left': 'Es waren zu viele falsche. Beginnen Sie neu, oder fragen Sie den Helpdesk.',
  'demand.risk': 'Diese Anfrage sieht nicht aus wie Ihre üblichen, deshalb braucht sie mehr Nachweise.',

  'demand.policy': '{{tenant}} verlangt für dieses Konto mehr als einen Nachweis.',
  'demand.enrolled':
    'Sie haben einen weiteren Weg eingerichtet, sich auszuweisen; einer allein reicht deshalb nicht.',

  'sign-in.step-title': 'Noch ein Schritt',
  'sign-in.step-lead': 'Ihr Passwort stimmt. Weisen Sie sich jetzt noch auf andere Art aus.',
  'sign-in.cancel': 'Abbrechen und abmelden',
  'sign-in.again':
    'Wer ändern will, womit er sich ausweist, muss sich gerade erst angemeldet haben. Melden Sie sich noch einmal an.',
  'sign-in.just-title': 'Anmelden',

  'methods.title': 'So weisen Sie sich aus',
  'methods.lead':
    'Sie schützen Ihre Anmeldung und bringen Sie zurück, wenn Passwort oder Postfach verloren sind.',
  'methods.none': 'Sie haben noch nichts eingerichtet.',
  'methods.since': 'Eingerichtet am {{moment}}',
  'methods.used': 'Zuletzt benutzt am {{moment}}',
  'methods.unused': 'Noch nicht benutzt',
  'methods.left_one': 'Noch {{count}} Code',
  'methods.left_other': 'Noch {{count}} Codes',
  'methods.waits': 'Darf Sie ab {{moment}} zurückbringen. Bei der Anmeldung gilt es schon.',
  'methods.add.totp': 'Authenticator-App hinzufügen',
  'methods.add.recovery_code': 'Wiederherstellungscodes holen',
  'methods.why.totp': 'Eine App auf Ihrem Telefon, die Codes zeigt, auch ohne Netz.',
  'methods.why.recovery_code': 'Zehn Codes zum Ausdrucken, falls das Telefon einmal weg ist.',
  'methods.nudge': 'Einen zweiten Weg einrichten, sich auszuweisen',
  'methods.change-password': 'Ihr Passwort ändern',
  'methods.said.added': 'Es ist eingerichtet und gilt ab jetzt. Wir haben an alle Ihre Adressen geschrieben.',
  'methods.said.removed': 'Es wurde entfernt. Wir haben an alle Ihre Adressen geschrieben.',
  'methods.said.renamed': 'Der neue Name ist gespeichert.',
  'methods.said.unknown': 'Was Sie sehen wollten, gibt es nicht mehr. Das hier ist da.',
  'methods.said.too-many': 'Mehr geht nicht. Entfernen Sie zuerst etwas.',
  'methods.said.shown':
    'Die Codes wurden einmal gezeigt und lassen sich nicht noch einmal zeigen. Haben Sie sie nicht aufbewahrt, erzeugen Sie neue.',
  'methods.back': 'Zurück zur Liste',

  'set-up.title': 'Authenticator-App hinzufügen',
  'set-up.lead': 'Scannen Sie dies mit der App, und geben Sie dann den Code ein, den sie zeigt.',
  'set-up.picture': 'QR-Code für Ihre Authenticator-App',
  'set-up.key': 'Oder geben Sie in der App diesen Schlüssel ein:',
  'set-up.open': 'Ist die App auf diesem Gerät? Öffnen',
  'set-up.code': 'Code, den die App jetzt zeigt',
  'set-up.wrong':
    'Das ist nicht der Code, den die App jetzt zeigt. Warten Sie auf den nächsten, und prüfen Sie, ob die Uhr des Geräts stimmt.',
  'set-up.name': 'Name dafür, wenn Sie mögen',
  'set-up.name-hint': 'Etwa „Blaues Telefon“. Nur Sie sehen ihn.',
  'set-up.submit': 'Fertig',
  'set-up.not-now': 'Nicht jetzt',

  'codes.title': 'Ihre Wiederherstellungscodes',
  'codes.lead':
    'Jeder gilt einmal, anstelle von Telefon oder Postfach. Drucken Sie sie aus oder schreiben Sie sie ab, und bewahren Sie sie auf, wo nur Sie nachsehen.',
  'codes.once': 'Sie sehen sie nur jetzt. Ältere gelten nicht mehr.',
  'codes.of': '{{tenant}}-Konto, {{moment}}',
  'codes.print': 'Ausdrucken',
  'codes.save': 'Als Datei speichern',
  'codes.kept': 'Ich habe sie aufbewahrt',

  'method.name': 'Name dafür',
  'method.rename': 'Namen speichern',
  'method.try': 'Ausprobieren',
  'method.try-spends': 'Der ausprobierte Code ist danach verbraucht.',
  'method.works': 'Es funktioniert.',
  'method.works-other': 'Dieser Code stimmt, gehört aber zu etwas anderem, das Sie eingerichtet haben.',
  'method.renew': 'Neue Codes erzeugen',
  'method.renew-says': 'Sobald es neue gibt, gelten die nicht mehr, die Sie haben.',
  'method.remove': 'Entfernen',
  'remove.title': 'Wirklich entfernen?',
  'remove.lead': 'Damit weisen Sie sich dann nicht mehr aus: {{name}}. Wir schreiben an alle Ihre Adressen.',
  'remove.last': 'Nichts sonst schützt Ihre Anmeldung: Danach reicht Ihr Passwort allein.',
  'remove.confirm': 'Ja, entfernen',
  'remove.keep': 'Behalten',

  'work.needed':
    'Hier ist gerade mehr los als sonst, darum rechnet Ihr Browser vorher kurz. Bitte senden Sie dies noch einmal ab. Sie müssen nichts lösen.',
  'work.no-script': 'Ihr Browser führt kein Skript aus, darum wartet er stattdessen.',
  'work.doing': 'Ihr Browser rechnet vorher kurz. Das dauert wenige Sekunden.',
}
