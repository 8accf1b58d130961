import type { Catalogue } from './shape.ts'

/**
 * Everything Rekey says, in French: the same facts as `en.ts`, as plain, with "vous". Before ; : ? ! and inside « »
 * stands a narrow no-break space (U+202F), so that no line begins with a mark.
 */
export const fr: Catalogue = {
  'page.brand': 'Compte {{tenant}}',
  'page.titled': '{{title}} – Compte {{tenant}}',
  'page.titled-problem': 'À vérifier : {{title}} – Compte {{tenant}}',
  'page.demo': 'Ceci est une démonstration. Les personnes et les e-mails sont fictifs.',
  'page.progress': 'Progression',
  'page.step-who': 'Qui vous êtes',
  'page.step-prove': 'Vérification',
  'page.step-password': 'Nouveau mot de passe',
  'page.step-unlock': 'Déverrouillage',
  'page.step-done': '{{step}} : terminé',
  'page.help-desk': 'Assistance : {{helpDesk}}',
  'page.languages': 'Langue',
  'page.continue': 'Continuer',
  'page.start-again': 'Recommencer',
  'page.ask-help-desk': 'Adressez-vous à l’assistance : {{helpDesk}}.',
  'page.ask-your-help-desk': 'Adressez-vous à votre service d’assistance.',

  'start.title': 'Retrouvez l’accès à votre compte',
  'start.lead': 'Deux minutes suffisent. Vous aurez besoin de la boîte e-mail enregistrée pour votre compte.',
  'start.lead-service':
    'Pour {{service}}. Deux minutes suffisent ; vous aurez besoin de la boîte e-mail enregistrée pour votre compte.',
  'start.identifier': 'Identifiant ou adresse e-mail',
  'start.identifier-missing': 'Saisissez d’abord votre identifiant ou votre adresse e-mail.',
  'start.identifier-unreadable':
    'C’est trop long, ou cela contient des caractères qu’aucun identifiant ne comporte. Refaites la saisie.',
  'start.flow-unknown': 'Ce que vous aviez commencé ici n’est plus ouvert. Recommencez.',
  'start.link-unusable':
    'Ce lien a déjà servi ou est trop ancien. Recommencez ici et nous vous enverrons un nouvel e-mail.',
  'start.no-script':
    'Avez-vous ouvert le lien de notre e-mail ? Il nécessite JavaScript, qui est désactivé ici. Saisissez le code de cet e-mail dans la fenêtre où vous l’avez demandé, ou faites ici une nouvelle demande.',
  'start.unlock-title': 'Déverrouillez votre compte',
  'start.unlock-lead':
    'Deux minutes suffisent. Votre mot de passe reste le même. Vous aurez besoin de la boîte e-mail enregistrée pour votre compte.',
  'start.is-locked': 'Vous connaissez votre mot de passe, mais le compte est verrouillé ? Le déverrouiller',
  'start.is-forgotten': 'Vous ne connaissez plus votre mot de passe ? En choisir un nouveau',
  'start.is-known': 'Vous connaissez votre mot de passe ? Le changer',

  'prove.title': 'Consultez vos e-mails',
  'prove.lead':
    'Si le compte existe, nous venons d’écrire à son adresse. Ouvrez le lien de cet e-mail, ou saisissez ici le code qui s’y trouve. Les deux sont valables jusqu’à {{time}}.',
  'prove.lead-link-only':
    'Si le compte existe, nous venons d’écrire à son adresse. Ouvrez le lien de cet e-mail. Il est valable jusqu’à {{time}}.',
  'prove.code': 'Code à 8 chiffres',
  'prove.wrong-code_one':
    'Ce n’est pas le code de l’e-mail le plus récent. Il vous reste {{count}} tentative.',
  'prove.wrong-code_many':
    'Ce n’est pas le code de l’e-mail le plus récent. Il vous reste {{count}} de tentatives.',
  'prove.wrong-code_other':
    'Ce n’est pas le code de l’e-mail le plus récent. Il vous reste {{count}} tentatives.',
  'prove.no-tries-left-title': 'Les codes ne sont plus acceptés ici',
  'prove.no-tries-left':
    'Trop de codes erronés ont été saisis. Le lien de notre e-mail reste valable : ouvrez-le plutôt.',
  'prove.code-unreadable':
    'Le code comporte huit chiffres, comme 1234 5678. Regardez l’e-mail le plus récent. Aucune tentative n’a été décomptée.',
  'prove.link-unusable': 'Ce lien a déjà servi ou est trop ancien. Demandez-en un nouveau.',
  'prove.sent-again':
    'Nouvel envoi demandé. Si le compte existe, un nouvel e-mail est en route ; utilisez le plus récent.',
  'prove.asked-too-soon':
    'Vous venez de faire une demande. Attendez une minute, regardez dans les indésirables, puis demandez un nouvel envoi.',
  'prove.mail-delayed':
    'Les e-mails partent avec du retard en ce moment. Ce que vous avez demandé partira dès que possible ; le redemander n’accélère rien. Si rien n’est arrivé à {{time}}, recommencez.',
  'prove.no-more-mails':
    'Plus aucun e-mail ne peut être envoyé pour cette demande. Utilisez le plus récent, ou recommencez avec votre identifiant.',
  'prove.no-mail':
    'Pas d’e-mail au bout d’une minute ? Regardez dans les indésirables, puis demandez un nouvel envoi.',
  'prove.resend': 'Renvoyer l’e-mail',
  'prove.other-name': 'Mauvais identifiant ? Recommencer',
  'prove.no-script': 'Le lien de l’e-mail nécessite JavaScript, qui est désactivé ici. Utilisez le code.',

  'landing.title': 'Vous avez ouvert notre e-mail',
  'landing.lead': 'Continuez et choisissez un nouveau mot de passe à la page suivante.',
  'landing.unlock-lead': 'Continuez et déverrouillez votre compte à la page suivante.',

  'password.title': 'Choisissez un nouveau mot de passe',
  'password.lead':
    'Pour {{identifier}}. Quelques mots sans rapport entre eux forment un mot de passe solide et facile à retenir.',
  'password.field': 'Nouveau mot de passe',
  'password.again': 'Le même encore une fois',
  'password.again-hint':
    'Sans JavaScript, nous ne pouvons pas vous montrer votre saisie ; nous la demandons donc deux fois.',
  'password.show': 'Afficher',
  'password.hide': 'Masquer',
  'password.show-label': 'Afficher le mot de passe',
  'password.submit': 'Enregistrer le mot de passe',
  'password.rules': 'Ce qu’il lui faut',
  'password.private-ends-sessions':
    'Toutes vos sessions seront fermées. Personne chez {{tenant}} ne voit jamais votre mot de passe.',
  'password.private': 'Personne chez {{tenant}} ne voit jamais votre mot de passe.',
  'password.meter-1': 'Facile à deviner',
  'password.meter-2': 'Encore facile à deviner',
  'password.meter-3': 'Presque assez solide',
  'password.meter-4': 'Difficile à deviner',

  'unlock.title': 'Déverrouillez votre compte',
  'unlock.lead': 'Pour {{identifier}}. Votre mot de passe reste le même.',
  'unlock.submit': 'Déverrouiller mon compte',
  'unlock.instead': 'Choisir plutôt un nouveau mot de passe',
  'unlock.is-locked':
    'Votre compte est verrouillé. Un nouveau mot de passe le déverrouille. Ou gardez celui que vous avez, si vous le connaissez :',
  'unlock.keep': 'Déverrouiller et garder mon mot de passe',
  'unlock.not-offered':
    'Nous ne pouvons pas lever seul le verrouillage de ce compte. Un nouveau mot de passe le lève.',
  'activate.title': 'Activez votre compte',
  'activate.lead':
    'Vous avez reçu une invitation par e-mail. Saisissez le code qui s’y trouve, puis choisissez votre premier mot de passe.',
  'activate.code': 'Code de l’invitation',
  'activate.submit': 'Activer',
  'activate.landing-lead': 'Continuez et choisissez votre premier mot de passe à la page suivante.',
  'activate.wrong-code':
    'Nous ne connaissons pas ce code, ou il n’est plus valable. Comparez-le avec l’e-mail le plus récent ; les espaces ne comptent pas.',
  'activate.link-unusable':
    'Cette invitation ne peut plus servir : elle a été utilisée, a expiré ou a été retirée.',
  'activate.ask': 'Demandez une nouvelle invitation à la personne qui vous a invité.',
  'activate.no-script':
    'Le lien de l’e-mail nécessite JavaScript, qui est désactivé ici. Saisissez le code qui se trouve en dessous.',
  'activate.password-title': 'Choisissez votre premier mot de passe',
  'activate.done-title': 'Votre compte est prêt',
  'activate.done-note': 'Votre mot de passe est actif',

  'rule.length': '{{min}} caractères ou plus, {{max}} au maximum',
  'rule.any-characters': 'Tous les caractères sont permis, même les espaces',
  'rule.characters.ascii':
    'Seulement des lettres sans accent, des chiffres, des signes courants et des espaces',
  'rule.characters.latin-1':
    'Seulement des lettres des langues d’Europe occidentale, des chiffres, des signes courants et des espaces',
  'rule.classes-count': 'Au moins {{required}} de ces catégories : {{classes}}',
  'rule.classes-named': 'Avec {{classes}}',
  'class.lowercase': 'minuscules',
  'class.uppercase': 'majuscules',
  'class.digit': 'chiffres',
  'class.other': 'autres signes ou espaces',
  'rule.not-common': 'Aucun de ceux que tout le monde essaie',
  'rule.not-about-you': 'Ni votre nom, ni votre adresse, ni {{tenant}}',
  'rule.not-banned': 'Pas composé de mots interdits ici',
  'rule.hard-to-guess': 'Difficile à deviner, même avec un dictionnaire',
  'rule.not-similar': 'Pas votre mot de passe actuel à peine modifié',
  'rule.not-too-soon_one': 'Pas avant {{count}} heure après le dernier changement',
  'rule.not-too-soon_many': 'Pas avant {{count}} d’heures après le dernier changement',
  'rule.not-too-soon_other': 'Pas avant {{count}} heures après le dernier changement',
  'rule.not-in-history_one': 'Pas votre dernier mot de passe',
  'rule.not-in-history_many': 'Aucun de vos {{count}} derniers mots de passe',
  'rule.not-in-history_other': 'Aucun de vos {{count}} derniers mots de passe',
  'rule.not-breached': 'Aucun de ceux qui ont été volés ailleurs',

  'refusal.password-empty': 'Saisissez un nouveau mot de passe.',
  'refusal.password-repeat-differs': 'Les deux diffèrent. Saisissez-les à nouveau.',
  'refusal.password-unreadable':
    'Il contient un caractère impossible à saisir, comme un saut de ligne. Saisissez-le à nouveau.',
  'refusal.password-too-short':
    'Trop court : sa longueur est de {{length}}, il faut au moins {{min}} caractères. Ajoutez un mot.',
  'refusal.password-too-long': 'Trop long : utilisez {{max}} caractères au maximum.',
  'refusal.password-classes-missing.count':
    'Il a {{have}} de ces catégories et il en faut {{required}} : {{classes}}.',
  'refusal.password-classes-missing.named': 'Il manque encore : {{classes}}.',
  'refusal.password-characters-not-allowed.ascii':
    'Certains de ses caractères ne sont pas acceptés ici. Utilisez des lettres sans accent, des chiffres, des signes courants et des espaces.',
  'refusal.password-characters-not-allowed.latin-1':
    'Certains de ses caractères ne sont pas acceptés ici. Utilisez des lettres des langues d’Europe occidentale, des chiffres, des signes courants et des espaces.',
  'refusal.password-common':
    'Trop facile à deviner : il est sur la liste que tout le monde essaie en premier. Choisissez-en un autre.',
  'refusal.password-banned':
    'Trop facile à deviner : il n’est presque fait que de mots que tout le monde essaierait ici. Utilisez d’autres mots.',
  'refusal.password-too-similar':
    'Trop proche de l’actuel : qui connaît celui-ci essaiera celui-là ensuite. Utilisez d’autres mots.',
  'refusal.password-breached':
    'Ce mot de passe a déjà été volé ailleurs, et ces listes sont essayées en premier. Choisissez-en un autre.',
  'refusal.password-unchecked':
    'Nous n’avons pas pu vérifier ce mot de passe à l’instant. Rien n’a été modifié. Réessayez dans une minute.',
  'refusal.password-contains-you.username':
    'Trop facile à deviner : c’est votre identifiant, à peine complété. Utilisez des mots sans rapport entre eux.',
  'refusal.password-contains-you.name':
    'Trop facile à deviner : c’est votre nom, à peine complété. Utilisez des mots sans rapport entre eux.',
  'refusal.password-contains-you.mail':
    'Trop facile à deviner : c’est votre adresse e-mail, à peine complétée. Utilisez des mots sans rapport entre eux.',
  'refusal.password-contains-you.organisation':
    'Trop facile à deviner : c’est un nom lié à votre lieu de travail, à peine complété. Utilisez des mots sans rapport entre eux.',
  'refusal.password-contains-you.product':
    'Trop facile à deviner : c’est l’expression « mot de passe », ou le nom de ce qu’il ouvre, à peine complété. Utilisez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.keyboard-pattern':
    'Trop facile à deviner : les touches se suivent sur le clavier. Utilisez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.repeated-pattern':
    'Trop facile à deviner : il se répète. Utilisez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.sequence':
    'Trop facile à deviner : c’est une suite de chiffres ou de lettres. Utilisez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.date':
    'Trop facile à deviner : c’est surtout une date. Ajoutez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.like-common-password':
    'Trop facile à deviner : il ressemble à un mot de passe que tout le monde essaie. Utilisez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.common-words':
    'Trop facile à deviner : ces mots sont parmi les premiers essayés. Ajoutez-en d’autres, plus rares.',
  'refusal.password-too-guessable.about-you':
    'Trop facile à deviner : c’est surtout ce que chacun sait de vous. Utilisez des mots sans rapport entre eux.',
  'refusal.password-too-guessable.too-simple':
    'Trop facile à deviner. Ajoutez un ou deux mots sans rapport avec le reste.',
  'refusal.password-in-history': 'Vous avez déjà utilisé celui-ci. Choisissez-en un nouveau.',
  'refusal.password-in-history.latest_one': 'C’est votre dernier mot de passe. Choisissez-en un nouveau.',
  'refusal.password-in-history.latest_many':
    'C’est l’un de vos {{count}} derniers mots de passe. Choisissez-en un nouveau.',
  'refusal.password-in-history.latest_other':
    'C’est l’un de vos {{count}} derniers mots de passe. Choisissez-en un nouveau.',
  'refusal.password-unchanged':
    'C’est votre mot de passe actuel. Utilisez-le pour vous connecter, ou choisissez-en un autre.',
  'refusal.password-too-young.until':
    'Il a été changé il y a peu. Vous pourrez le changer à nouveau à partir du {{moment}}.',
  'refusal.password-too-young':
    'L’annuaire n’accepte pas un autre mot de passe si tôt après le dernier. Réessayez plus tard, ou adressez-vous à l’assistance.',
  'refusal.password-too-short-for-directory': 'L’annuaire exige un mot de passe plus long. Ajoutez un mot.',
  'refusal.password-too-weak-for-directory':
    'L’annuaire exige un mot de passe plus solide. Allongez-le, avec des majuscules, des chiffres et des caractères spéciaux.',
  'refusal.password-change-not-allowed':
    'L’annuaire n’autorise pas de nouveau mot de passe pour ce compte. Adressez-vous à l’assistance.',
  'refusal.password-too-long-for-directory':
    'L’annuaire n’accepte que des mots de passe plus courts. Utilisez moins de caractères ; les lettres accentuées et les signes d’autres écritures comptent plusieurs fois.',

  'working.title': 'Enregistrement de votre nouveau mot de passe',
  'working.lead': 'L’annuaire tarde à répondre. Cette page vérifie d’elle-même ; laissez-la ouverte.',
  'working.look-now': 'Vérifier maintenant',

  'accepted.title': 'Votre nouveau mot de passe est accepté',
  'accepted.not-yet': 'Il ne fonctionne pas encore',
  'accepted.lead':
    'L’annuaire de votre compte est injoignable pour le moment. Le nouveau mot de passe fonctionnera au plus tard le {{moment}}, sauf s’il ne peut pas être enregistré ; nous vous écrirons dans tous les cas.',
  'accepted.until':
    'Tant que cet e-mail n’est pas arrivé, rien n’a changé : ce avec quoi vous vous connectez aujourd’hui fonctionne toujours.',
  'accepted.mail': 'Si rien n’est arrivé d’ici là, recommencez.',
  'accepted.close': 'Vous pouvez fermer cette fenêtre.',

  'sign-in.title': 'Connectez-vous pour changer de mot de passe',
  'sign-in.lead': 'Utilisez le mot de passe que vous avez en ce moment.',
  'sign-in.password': 'Mot de passe',
  'sign-in.submit': 'Se connecter',
  'sign-in.forgot': 'Mot de passe oublié ?',
  'sign-in.missing': 'Saisissez votre nom et votre mot de passe.',
  'sign-in.refused':
    'Nous n’avons pas pu vous connecter avec ce nom et ce mot de passe. Vérifiez les deux, ou retrouvez l’accès par e-mail.',
  'sign-in.second-factor':
    'Votre mot de passe est correct, mais ce compte demande plus qu’un mot de passe, ce qui n’est pas possible ici.',
  'sign-in.session-over':
    'Vous êtes déconnecté ici, parce que du temps a passé ou que votre mot de passe a changé. Connectez-vous à nouveau.',
  'sign-in.signed-out': 'Vous êtes déconnecté.',
  'sign-in.lead-provider': 'Connectez-vous comme d’habitude ; vous reviendrez ensuite ici.',
  'sign-in.provider': 'Se connecter avec {{label}}',
  'sign-in.second-factor-provider':
    'Votre mot de passe est juste, mais ce compte demande plus qu’un mot de passe. Utilisez plutôt « {{label}} ».',
  'sign-in.not-finished':
    'Cette connexion a pris trop de temps, a déjà servi ou n’a pas été commencée ici. Recommencez.',
  'sign-in.no-account': 'Vous êtes bien connecté, mais nous n’avons trouvé ici aucun compte correspondant.',
  'sign-in.provider-unreachable':
    'La connexion de l’entreprise est injoignable. Rien n’a été modifié. Réessayez dans une minute.',
  'change.title': 'Changer de mot de passe',
  'change.lead': 'Vous êtes connecté en tant que {{identifier}}.',
  'change.current': 'Mot de passe actuel',
  'change.current-wrong': 'Ce n’est pas votre mot de passe actuel. Saisissez-le à nouveau.',
  'change.too-late':
    'Cela a pris trop de temps ou a été envoyé deux fois. Rien n’a changé. Saisissez à nouveau les deux mots de passe.',
  'change.keep': 'Rester connecté ici',
  'change.sign-out': 'Se déconnecter',
  'change.must.directory':
    'Votre mot de passe a été défini par quelqu’un d’autre. Choisissez-en un que vous seul connaissez.',
  'change.must.expired': 'Votre mot de passe a expiré. Choisissez-en un nouveau pour continuer.',
  'change.must.ordered': 'Il vous est demandé de choisir un nouveau mot de passe avant de continuer.',
  'change.must.breached':
    'D’autres ont perdu ce mot de passe précis ; c’est le premier qu’un attaquant essaie. Choisissez-en un nouveau maintenant.',
  'change.must.expired-until':
    'Votre mot de passe a expiré. Il ouvre cette page jusqu’au {{moment}} : choisissez-en un nouveau maintenant.',
  'change.must.weak':
    'Votre mot de passe ne respecte plus les règles actuelles. Choisissez-en un nouveau pour continuer.',
  'change.expires': 'Votre mot de passe expire le {{moment}}. Vous pouvez déjà en choisir un nouveau.',
  'change.found.breached':
    'D’autres ont perdu ce mot de passe précis ; c’est le premier qu’un attaquant essaie. Mieux vaut en choisir un nouveau.',
  'change.found.weak':
    'Votre mot de passe ne respecte plus les règles actuelles. Mieux vaut en choisir un nouveau.',

  'done.title': 'Votre accès est rétabli',
  'done.changed-title': 'Votre mot de passe a été changé',
  'done.note': 'Votre nouveau mot de passe est actif',
  'done.signed-out': 'Toutes vos sessions sont fermées.',
  'done.other-devices': 'Vos appareils le demanderont à leur prochaine connexion.',
  'done.lead': 'Nous avons écrit à toutes vos adresses, afin que vous le sachiez si ce n’était pas vous.',
  'done.sign-in': 'Se connecter à {{service}}',
  'done.close': 'Connectez-vous avec ce mot de passe là où vous étiez. Vous pouvez fermer cette fenêtre.',
  'done.unlocked-title': 'Votre compte est déverrouillé',
  'done.unlocked-note': 'Votre mot de passe est celui que vous aviez',
  'done.unlocked-close': 'Connectez-vous là où vous étiez. Vous pouvez fermer cette fenêtre.',
  'done.not-locked-title': 'Votre compte n’était pas verrouillé',
  'done.not-locked-note': 'Rien n’a été modifié',
  'done.not-locked-lead':
    'Si vous ne parvenez pas à vous connecter, le mot de passe n’est peut-être pas celui que vous croyez. Choisissez-en un nouveau.',

  'second-proof.title': 'Un e-mail seul ne suffit pas ici',
  'second-proof.way-on': 'Cette demande n’a rien changé. L’assistance peut vérifier autrement qui vous êtes.',

  'because.disabled':
    'Ce compte est désactivé ; il ne peut ni recevoir de nouveau mot de passe, ni être déverrouillé.',
  'because.federated':
    'Vous vous connectez à ce compte par l’intermédiaire d’une autre organisation. Son mot de passe est géré là-bas et non chez {{tenant}} ; réinitialisez-le là-bas.',
  'because.federated-at':
    'Vous vous connectez à ce compte avec « {{provider}} ». Son mot de passe est géré là-bas et non chez {{tenant}}.',
  'because.privileged':
    'Les comptes aux droits étendus ne reçoivent pas de nouveau mot de passe par e-mail et ne sont pas déverrouillés par e-mail.',
  'because.second-factor':
    'Ce compte se connecte avec un second facteur. Un e-mail ne peut pas remplacer les deux ; il faut donc une seconde preuve.',
  'because.disavowed':
    'Quelqu’un nous a signalé ne pas être à l’origine d’une demande pour ce compte. Pendant un jour, il faut une seconde preuve.',
  'because.not-activated':
    'Ce compte n’a jamais été activé. Utilisez l’invitation que nous avons envoyée, ou demandez-en une nouvelle à la personne qui vous a invité.',

  'ended.expired.title': 'Cela a pris trop de temps',
  'ended.expired.lead':
    'Les demandes prennent fin au bout d’un moment, pour que personne n’en trouve une ouverte. Votre mot de passe est inchangé.',
  'ended.superseded.title': 'Cela a été fait ailleurs',
  'ended.superseded.lead':
    'Une demande plus récente pour ce compte a abouti ; celle-ci a donc pris fin. Si ce n’était pas vous, utilisez « Ce n’était pas moi » dans notre e-mail.',
  'ended.disavowed.title': 'Cette demande a été arrêtée',
  'ended.disavowed.lead':
    'Une personne en possession d’un e-mail destiné à ce compte nous a signalé ne pas être à l’origine de la demande.',
  'ended.outcome-unknown.title': 'Essayez votre nouveau mot de passe',
  'ended.outcome-unknown.lead':
    'La réponse de l’annuaire s’est perdue ; nous ne savons donc pas si le nouveau mot de passe a été enregistré. Essayez-le ; s’il ne fonctionne pas, recommencez.',
  'ended.too-many-refusals.title': 'Trop de tentatives',
  'ended.too-many-refusals.lead':
    'De nombreux mots de passe ont été refusés à la suite ; cette demande a donc pris fin. Votre mot de passe est inchangé. Trois ou quatre mots sans rapport entre eux conviennent le plus souvent.',
  'ended.account-unavailable.title': 'L’annuaire ne l’a pas accepté',
  'ended.account-unavailable.lead':
    'Ce compte ne peut pas recevoir de nouveau mot de passe pour le moment. Votre mot de passe est inchangé. L’assistance peut voir pourquoi.',
  'ended.ended-by-operator.title': 'Il a été mis fin à cette demande',
  'ended.ended-by-operator.lead':
    'Une personne chargée des comptes a mis fin à tout ce qui était en cours pour celui-ci. Aucun mot de passe n’a été changé ici.',
  'ended.not-set-in-time.title': 'Votre mot de passe n’a pas été enregistré',
  'ended.not-set-in-time.lead':
    'L’annuaire n’a pas pu être joint à temps ; le mot de passe choisi a donc été détruit. Rien n’a changé.',
  'ended.refused-later.title': 'L’annuaire ne l’a pas accepté ensuite',
  'ended.refused-later.lead':
    'Une fois de nouveau joignable, l’annuaire n’a pas accepté le mot de passe choisi. Rien n’a changé. Recommencez et choisissez-en un autre.',

  'disavow.title': 'Ce n’était pas moi',
  'disavow.lead':
    'Quelqu’un a demandé un nouveau mot de passe pour votre compte, ou en a enregistré un, et ce n’était pas vous ? Nous mettons fin à toutes les demandes en cours. Si un mot de passe a déjà été enregistré, le suivant exigera une seconde preuve pendant un jour.',
  'disavow.landing-lead':
    'Nous mettons fin à toutes les demandes en cours pour votre compte. Si un mot de passe a déjà été enregistré, le suivant exigera une seconde preuve pendant un jour. Vous pourrez toujours vous connecter.',
  'disavow.confirm': 'Oui, ce n’était pas moi',
  'disavow.code': 'Code sous « Ce n’était pas moi » dans notre e-mail',
  'disavow.wrong-code':
    'Nous ne reconnaissons pas ce code. Comparez-le avec l’e-mail le plus récent ; les espaces ne comptent pas.',
  'disavow.code-unreadable': 'Saisissez le code qui se trouve sous « Ce n’était pas moi » dans notre e-mail.',
  'disavow.link-unusable':
    'Ce lien est trop ancien. Si vous avez un e-mail plus récent, utilisez celui-là, ou adressez-vous à l’assistance.',
  'disavow.no-script':
    'Le lien de l’e-mail nécessite JavaScript, qui est désactivé ici. Saisissez le code qui se trouve en dessous.',

  'disavowed.title': 'Merci. Tout est arrêté',
  'disavowed.note': 'Toutes les demandes en cours pour votre compte ont pris fin',
  'disavowed.lead':
    'Les liens et codes envoyés jusqu’ici ne sont plus valables. Votre mot de passe est inchangé.',
  'disavowed.lead-changed':
    'Les liens et codes envoyés jusqu’ici ne sont plus valables. Le mot de passe avait déjà été changé ; pour en obtenir un nouveau, il vous faut une seconde preuve. Parlez tout de suite à l’assistance.',
  'disavowed.next':
    'Pendant un jour, un e-mail seul ne suffit pas pour changer le mot de passe de ce compte. Un ticket est ouvert à l’assistance.',

  'problem.not-found.title': 'Il n’y a pas de page ici',
  'problem.not-found.lead':
    'L’adresse est peut-être coupée. Ouvrez à nouveau le lien de l’e-mail, ou commencez par la première page.',
  'problem.request-unusable.title': 'Nous n’avons pas pu lire cela',
  'problem.request-unusable.lead':
    'Ce qui est arrivé n’est pas ce que cette page envoie. Votre mot de passe est inchangé. Recommencez.',
  'problem.form-stale.title': 'Cette page est restée ouverte trop longtemps',
  'problem.form-stale.lead': 'Rien n’a été changé. Recommencez ; cela prend deux minutes.',
  'problem.too-many-requests.title': 'Trop de demandes à la fois',
  'problem.too-many-requests.lead':
    'Beaucoup de demandes sont venues de votre réseau. Votre mot de passe est inchangé.',
  'problem.directory-unreachable.title': 'Nous n’avons pas pu joindre l’annuaire',
  'problem.directory-unreachable.lead':
    'Votre mot de passe est inchangé, et rien de ce que vous avez fait n’est perdu.',
  'problem.directory-not-writable.title': 'Modification impossible pour le moment',
  'problem.directory-not-writable.lead':
    'Votre mot de passe est inchangé. Une réparation est d’abord nécessaire : prévenez l’assistance, puis revenez avec un nouvel e-mail.',
  'problem.unavailable.title': 'Ce n’est pas possible pour le moment',
  'problem.unavailable.lead': 'Votre mot de passe est inchangé. Les responsables du service sont prévenus.',
  'problem.internal.title': 'Une panne est survenue de notre côté',
  'problem.internal.lead':
    'Vous n’y êtes pour rien. Revenez à la première page ; elle sait où vous en étiez. Les responsables du service sont prévenus.',
  'problem.wait-seconds_one': 'Réessayez dans {{count}} seconde.',
  'problem.wait-seconds_many': 'Réessayez dans {{count}} de secondes.',
  'problem.wait-seconds_other': 'Réessayez dans {{count}} secondes.',
  'problem.wait-minutes_one': 'Réessayez dans {{count}} minute.',
  'problem.wait-minutes_many': 'Réessayez dans {{count}} de minutes.',
  'problem.wait-minutes_other': 'Réessayez dans {{count}} minutes.',
  'problem.request-id': 'Pour l’assistance : {{requestId}}',
  'problem.back': 'Retour à la page',

  'device.named': '{{browser}} sur {{system}}',
  'device.desktop-app': 'une application de bureau',

  'place.named': '{{city}}, {{country}}',

  'mail.when': 'Quand',
  'mail.account': 'Compte',
  'mail.device': 'Appareil',
  'mail.place': 'Lieu',
  'mail.unknown-device': 'Non reconnu',
  'mail.unknown-place': 'Inconnu',
  'mail.sign-off':
    'Envoyé par {{tenant}} à l’adresse enregistrée pour ce compte. Ne transférez pas cet e-mail.',

  'mail.recovery.subject': 'Nouveau mot de passe demandé chez {{tenant}}',
  'mail.recovery.lead': 'Quelqu’un a demandé un nouveau mot de passe pour votre compte {{tenant}}.',
  'mail.recovery.if-you': 'Si c’était vous, ouvrez ce lien et choisissez-en un :',
  'mail.recovery.button': 'Choisir un nouveau mot de passe',
  'mail.recovery.code': 'Ou saisissez ce code dans la fenêtre où vous l’avez demandé :',
  'mail.recovery.until': 'Le lien et le code sont valables une seule fois, jusqu’au {{moment}}.',
  'mail.recovery.until-link': 'Le lien est valable une seule fois, jusqu’au {{moment}}.',
  'mail.recovery.never-told':
    'Personne chez {{tenant}} ne vous demandera jamais ce code : ni par téléphone, ni par chat. Ne le donnez à personne.',
  'mail.recovery.never-told-link':
    'Personne chez {{tenant}} ne vous demandera jamais ce lien. Ne le donnez à personne.',
  'mail.recovery.otherwise': 'Si vous ne faites rien, rien ne change.',

  'mail.recovery-explained.subject': 'Nouveau mot de passe demandé chez {{tenant}}',
  'mail.recovery-explained.lead':
    'Quelqu’un a demandé un nouveau mot de passe pour votre compte {{tenant}}. Ce n’est pas possible par e-mail.',

  'mail.password-changed.subject': 'Votre mot de passe a été changé',
  'mail.password-changed.lead': 'Le mot de passe de votre compte {{tenant}} a été changé.',
  'mail.password-changed.if-you':
    'Si c’était vous, vous n’avez plus rien à faire : le nouveau fonctionne, l’ancien ne fonctionne plus.',

  'mail.password-unexplained.subject': 'Essayez votre nouveau mot de passe',
  'mail.password-unexplained.lead':
    'Un nouveau mot de passe a été envoyé à l’annuaire de votre compte {{tenant}}, et la réponse s’est perdue.',
  'mail.password-unexplained.try': 'Essayez le nouveau mot de passe. S’il ne fonctionne pas, recommencez :',

  'mail.password-accepted.subject': 'Votre nouveau mot de passe ne fonctionne pas encore',
  'mail.password-accepted.lead':
    'Un nouveau mot de passe pour votre compte {{tenant}} a été accepté. Il ne fonctionne pas encore.',
  'mail.password-accepted.until':
    'L’annuaire de votre compte est injoignable pour le moment. Le nouveau mot de passe fonctionnera au plus tard le {{moment}}, sauf s’il ne peut pas être enregistré ; nous vous écrirons de nouveau dans tous les cas.',
  'mail.password-accepted.then':
    'Tant que cet e-mail n’est pas arrivé, rien n’a changé. Si rien n’est arrivé d’ici là, recommencez.',

  'mail.password-not-set.subject': 'Votre nouveau mot de passe n’est pas enregistré',
  'mail.password-not-set.lead':
    'Le nouveau mot de passe de votre compte {{tenant}} n’a pas pu être enregistré.',
  'mail.password-not-set.late':
    'L’annuaire du compte n’a pas pu être joint à temps, et le mot de passe a été détruit.',
  'mail.password-not-set.refused':
    'Une fois de nouveau joignable, l’annuaire ne l’a pas accepté : ses règles ou le compte ont pu changer entre-temps.',
  'mail.password-not-set.unchanged':
    'Rien n’a changé : ce avec quoi vous vous connectiez fonctionne toujours.',
  'mail.password-not-set.again': 'Recommencez et choisissez un nouveau mot de passe :',

  'mail.disavowed.subject': 'Vous nous avez signalé : « Ce n’était pas moi »',
  'mail.disavowed.lead':
    'Une personne en possession d’un e-mail destiné à votre compte {{tenant}} nous a signalé ne pas être à l’origine d’une demande.',
  'mail.disavowed.ended':
    'Toutes les demandes en cours ont pris fin ; les liens et codes envoyés jusqu’ici ne sont plus valables.',
  'mail.disavowed.unchanged': 'Votre mot de passe est inchangé. Vous pouvez vous connecter comme d’habitude.',
  'mail.disavowed.next':
    'Pendant un jour, un e-mail seul ne suffit pas pour changer le mot de passe de ce compte. Vous pouvez vous connecter comme d’habitude.',
  'mail.disavowed.help':
    'Si votre mot de passe ne fonctionne plus, quelqu’un d’autre l’a peut-être changé : parlez tout de suite à l’assistance.',

  'mail.unlock.subject': 'Déverrouillage de votre compte demandé chez {{tenant}}',
  'mail.unlock.lead': 'Quelqu’un a demandé le déverrouillage de votre compte {{tenant}}.',
  'mail.unlock.if-you': 'Si c’était vous, ouvrez ce lien et déverrouillez-le :',
  'mail.unlock.button': 'Déverrouiller mon compte',
  'mail.unlock-explained.subject': 'Déverrouillage de votre compte demandé chez {{tenant}}',
  'mail.unlock-explained.lead':
    'Quelqu’un a demandé le déverrouillage de votre compte {{tenant}}. Ce n’est pas possible par e-mail.',
  'mail.account-unlocked.subject': 'Votre compte a été déverrouillé',
  'mail.account-unlocked.lead':
    'Votre compte {{tenant}} a été déverrouillé. Son mot de passe est le même qu’avant.',
  'mail.account-unlocked.if-you':
    'Si c’était vous, vous n’avez plus rien à faire : connectez-vous avec le mot de passe que vous avez.',
  'mail.invitation.subject': 'Votre compte chez {{tenant}} vous attend',
  'mail.invitation.lead': 'Vous avez un compte chez {{tenant}}. Il lui faut un premier mot de passe.',
  'mail.invitation.if-you': 'Ouvrez ce lien et choisissez-en un :',
  'mail.invitation.button': 'Choisir mon mot de passe',
  'mail.invitation.otherwise': 'Si vous n’attendiez pas cet e-mail, ne faites rien. Le compte reste fermé.',
  'mail.invited-elsewhere.subject': 'Quelqu’un a été invité sur votre compte',
  'mail.invited-elsewhere.lead':
    'Quelqu’un a été invité à choisir un mot de passe pour votre compte {{tenant}}. L’e-mail est parti à une autre adresse que celle-ci.',
  'mail.invited-elsewhere.if-you':
    'Si cette autre adresse est la vôtre, vous n’avez rien à faire. Sinon, dites-le maintenant : l’invitation cessera de fonctionner.',
  'mail.account-activated.subject': 'Votre compte est prêt',
  'mail.account-activated.lead': 'Le premier mot de passe de votre compte {{tenant}} a été enregistré.',
  'mail.account-activated.if-you': 'Si c’était vous, vous n’avez plus rien à faire : connectez-vous avec.',

  'mail.method-added.subject': 'Un nouveau moyen de prouver votre identité a été ajouté',
  'mail.method-added.lead':
    'Un nouveau moyen de prouver que c’est bien vous a été ajouté à votre compte {{tenant}} :',
  'mail.method-added.if-you': 'Si c’était vous, il n’y a rien à faire. Il fonctionne dès maintenant.',
  'mail.method-removed.subject': 'Un moyen de prouver votre identité a été retiré',
  'mail.method-removed.lead': 'Ceci ne prouve plus votre identité pour votre compte {{tenant}} :',
  'mail.method-removed.if-you': 'Si c’était vous, il n’y a rien à faire.',
  'mail.method': 'Quoi',
  'method.totp': 'Application d’authentification',
  'method.recovery_code': 'Codes de secours',
  'method.passkey': 'Clé d’accès',
  'proof.use.passkey': 'Utiliser une clé d’accès',
  'methods.add.passkey': 'Ajouter une clé d’accès',
  'methods.why.passkey':
    'Votre doigt, votre visage ou le code PIN de votre appareil. Elle ne fonctionne jamais sur une fausse page.',
  'methods.synced': 'Sur tous vos appareils, conservée par son fournisseur',
  'methods.on-device': 'Dans un seul appareil',
  'passkey.lead': 'Votre appareil demande votre doigt, votre visage ou son code PIN. Rien de cela n’en sort.',
  'passkey.make': 'Créer la clé d’accès',
  'passkey.use': 'Continuer avec une clé d’accès',
  'passkey.try': 'L’essayer',
  'passkey.failed': 'Cela n’a pas fonctionné, ou a été annulé. Réessayez.',
  'passkey.refused':
    'Cette clé d’accès ne peut pas servir ici. Prenez-en une que vous avez configurée pour ce compte, ou un autre moyen.',
  'passkey.no-support': 'Ce navigateur ne connaît pas les clés d’accès. Prenez-en un autre.',
  'passkey.no-script': 'Les clés d’accès ont besoin de JavaScript, et il est désactivé ici.',

  'mail.disavow.lead': 'Si ce n’était pas vous, dites-le-nous. Un clic suffit, sans connexion :',
  'mail.disavow.button': 'Ce n’était pas moi',
  'mail.disavow.code': 'Ou rendez-vous sur {{page}} et saisissez ce code :',

  'mail.change-required.subject': 'Il vous faut un nouveau mot de passe',
  'mail.change-required.lead': 'Le mot de passe de votre compte {{tenant}} doit être changé.',
  'mail.change-required.how':
    'Un nouveau vous sera demandé à votre prochaine connexion. Vous pouvez aussi en choisir un maintenant :',
  'mail.by-help': 'Une personne qui s’occupe des comptes chez {{tenant}} en a décidé ainsi.',
  'mail.expires': 'Expire',
  'mail.expired': 'Expiré',
  'mail.change-button': 'Changer mon mot de passe',
  'mail.change-forgot': 'Vous ne le connaissez plus ? Retrouvez l’accès par e-mail : {{page}}',
  'mail.password-expires.subject': 'Votre mot de passe expire bientôt',
  'mail.password-expires.lead': 'Le mot de passe de votre compte {{tenant}} expire bientôt.',
  'mail.password-expires.before':
    'Choisissez-en un nouveau avant. Il vous faut pour cela le mot de passe actuel :',
  'mail.password-expired.subject': 'Votre mot de passe a expiré',
  'mail.password-expired.lead': 'Le mot de passe de votre compte {{tenant}} a expiré.',
  'mail.password-expired.now': 'Choisissez-en un nouveau. Il vous faut pour cela celui que vous aviez :',
  'mail.password-expired.until':
    'Choisissez-en un nouveau avant le {{moment}}, tant que l’ancien fonctionne encore ailleurs. Il vous faut l’ancien pour cela :',
  'mail.elsewhere.how': 'S’il ne fonctionne plus, demandez-en un nouveau là-bas :',
  'mail.elsewhere.button': 'Ouvrir {{provider}}',

  'targets.title': 'Nouveau mot de passe : pas encore partout',
  'targets.lead': 'Il est enregistré et fonctionne là où c’est indiqué ici.',
  'targets.retry':
    'Attendez une minute et saisissez-le encore une fois : nous réessayons alors pour les autres.',
  'targets.is.waiting': 'A encore l’ancien mot de passe.',
  'targets.is.written': 'Le nouveau mot de passe fonctionne.',
  'targets.is.unreachable': 'Injoignable, garde encore l’ancien mot de passe.',
  'targets.is.refused': 'Ne l’a pas accepté, garde encore l’ancien mot de passe.',
  'targets.is.not-writable':
    'N’accepte aucun changement pour le moment, garde encore l’ancien mot de passe. Prévenez l’assistance.',
  'targets.is.unknown':
    'N’a pas répondu. Essayez-y le nouveau mot de passe et, s’il ne fonctionne pas, l’ancien.',
  'targets.password': 'Le nouveau mot de passe encore une fois',
  'targets.again': 'Réessayer pour les autres',
  'targets.another': 'Ce n’est pas le mot de passe que vous venez de choisir. Saisissez celui-là.',
  'targets.tried': 'Nouvel essai à l’instant : il ne fonctionne toujours pas partout.',
  'targets.unreached': 'Injoignable : {{applications}}.',
  'targets.other': 'Recommencer avec un autre mot de passe',
  'targets.later':
    'Vous pouvez aussi en rester là : la prochaine fois que vous choisirez un mot de passe, tous le recevront.',
  'targets.next': 'La prochaine fois que vous choisirez un mot de passe, tous le recevront.',
  'mail.targets.written': 'Nouveau',
  'mail.targets.unchanged': 'Ancien',
  'mail.targets.unknown': 'Incertain',
  'mail.targets.partly':
    'Si c’était vous : le nouveau mot de passe ne fonctionne pas encore partout. Pour n’en avoir à nouveau qu’un seul, choisissez-en un nouveau ici : {{page}}',
  'text.recovery':
    '{{code}} est votre code pour un nouveau mot de passe chez {{tenant}}. Il expire à {{time}}. Ne le donnez à personne.',
  'text.unlock':
    '{{code}} est votre code pour déverrouiller votre compte chez {{tenant}}. Il expire à {{time}}. Ne le donnez à personne.',
  'text.spoken':
    'Ici {{tenant}}. Votre code est {{code}}. Je répète, votre code est {{code}}. Ne le donnez à personne.',

  'proof.title': 'Prouver autrement qui vous êtes',
  'proof.first-lead': 'Si le compte existe et que ce moyen y est configuré, vous continuez sans e-mail.',
  'proof.second-title': 'Encore une preuve',
  'proof.second-lead': 'Étape {{have}} sur {{need}} terminée. Prouvez-le maintenant d’une autre manière.',
  'proof.other-ways': 'Ou utilisez un autre moyen :',
  'proof.no-mailbox': 'Pas d’accès à vos e-mails ? Utilisez un autre moyen que vous avez configuré :',
  'proof.use.email_code': 'Utiliser l’e-mail envoyé',
  'proof.use.totp': 'Utiliser l’application d’authentification',
  'proof.use.recovery_code': 'Utiliser un code de secours',
  'proof.lost': 'Vous n’avez plus aucun de ces moyens ?',
  'proof.label.totp': 'Code de l’application d’authentification',
  'proof.hint.totp': 'Six chiffres qui changent toutes les trente secondes.',
  'proof.label.recovery_code': 'Code de secours',
  'proof.hint.recovery_code':
    'L’un de ceux que vous avez imprimés ou enregistrés. Chacun sert une seule fois.',
  'proof.hint.email_code': 'Celui de l’e-mail le plus récent. Ouvrir son lien revient au même.',
  'proof.wrong_one': 'Ce code n’est pas le bon, ou a déjà servi. Il vous reste {{count}} tentative.',
  'proof.wrong_many': 'Ce code n’est pas le bon, ou a déjà servi. Il vous reste {{count}} de tentatives.',
  'proof.wrong_other': 'Ce code n’est pas le bon, ou a déjà servi. Il vous reste {{count}} tentatives.',
  'proof.wrong-now': 'Ce code n’est pas le bon, ou a déjà servi. Essayez-en un autre.',
  'proof.unreadable.totp':
    'Le code comporte six chiffres, comme {{example}}. Aucune tentative n’a été décomptée.',
  'proof.unreadable.recovery_code':
    'Un code de secours comporte seize lettres et chiffres, comme {{example}}. Aucune tentative n’a été décomptée.',
  'proof.use.sms_code': 'Recevoir un code par SMS',
  'proof.text-lead': 'Si un numéro de mobile est enregistré pour le compte, un code peut y être envoyé.',
  'proof.text-ask': 'M’envoyer un SMS',
  'proof.hint.sms_code': 'Celui du SMS le plus récent. Il est valable dix minutes au plus.',
  'proof.text-sent':
    'C’est demandé. Si un numéro est enregistré pour le compte, un SMS avec un code est en route.',
  'proof.text-asked-too-soon': 'Vous venez de faire une demande. Attendez une minute, puis redemandez.',
  'proof.text-no-more-mails': 'Plus aucun message ne peut être envoyé pour cette demande. Recommencez.',
  'proof.unreadable.sms_code':
    'Le code comporte huit chiffres, comme {{example}}. Aucune tentative n’a été décomptée.',
  'proof.too-many-tries': 'Il y a eu trop de tentatives. Patientez un moment, ou utilisez un autre moyen.',
  'proof.no-tries-left':
    'Trop de codes erronés ont été saisis. Recommencez, ou adressez-vous à l’assistance.',
  'demand.risk':
    'Cette demande ne ressemble pas à vos demandes habituelles : il faut donc davantage de preuves.',

  'demand.policy': '{{tenant}} demande plus d’une preuve pour ce compte.',
  'demand.enrolled':
    'Vous avez configuré un moyen de plus de prouver qui vous êtes ; un seul ne suffit donc pas.',

  'sign-in.step-title': 'Encore une étape',
  'sign-in.step-lead':
    'Votre mot de passe est correct. Prouvez maintenant qui vous êtes d’une autre manière.',
  'sign-in.cancel': 'Annuler et se déconnecter',
  'sign-in.again':
    'Pour modifier vos moyens de prouver qui vous êtes, il faut une connexion récente. Connectez-vous de nouveau.',
  'sign-in.just-title': 'Connectez-vous',

  'methods.title': 'Vos moyens de prouver qui vous êtes',
  'methods.lead':
    'Ils protègent votre connexion et vous rendent l’accès si vous perdez un mot de passe ou une boîte aux lettres.',
  'methods.none': 'Vous n’avez encore rien configuré.',
  'methods.since': 'Configuré le {{moment}}',
  'methods.used': 'Dernière utilisation le {{moment}}',
  'methods.unused': 'Pas encore utilisé',
  'methods.left_one': 'Il reste {{count}} code',
  'methods.left_many': 'Il reste {{count}} de codes',
  'methods.left_other': 'Il reste {{count}} codes',
  'methods.waits': 'Pourra vous rendre l’accès à partir du {{moment}}. À la connexion, il compte déjà.',
  'methods.add.totp': 'Ajouter une application',
  'methods.add.recovery_code': 'Obtenir des codes de secours',
  'methods.why.totp':
    'Une application d’authentification sur votre téléphone, qui affiche des codes même sans réseau.',
  'methods.why.recovery_code': 'Dix codes à imprimer, pour le jour où vous n’aurez plus votre téléphone.',
  'methods.nudge': 'Configurer un second moyen de prouver qui vous êtes',
  'methods.change-password': 'Changer de mot de passe',
  'methods.said.added': 'C’est configuré et cela compte désormais. Nous avons écrit à toutes vos adresses.',
  'methods.said.removed': 'C’est supprimé. Nous avons écrit à toutes vos adresses.',
  'methods.said.renamed': 'Le nouveau nom est enregistré.',
  'methods.said.unknown': 'Ce que vous vouliez voir n’existe plus. Voici ce qu’il y a.',
  'methods.said.too-many': 'Vous avez atteint le maximum. Supprimez d’abord un moyen.',
  'methods.said.shown':
    'Les codes ont été affichés une fois et ne peuvent plus l’être. Si vous ne les avez pas conservés, créez-en de nouveaux.',
  'methods.back': 'Retour à la liste',

  'set-up.title': 'Ajouter une application',
  'set-up.lead': 'Scannez ceci avec l’application, puis saisissez le code qu’elle affiche.',
  'set-up.picture': 'Code QR pour votre application d’authentification',
  'set-up.key': 'Ou saisissez cette clé dans l’application :',
  'set-up.open': 'L’application est sur cet appareil ? L’ouvrir',
  'set-up.code': 'Code affiché par l’application',
  'set-up.wrong':
    'Ce n’est pas le code affiché en ce moment. Attendez le suivant, et vérifiez que l’horloge de l’appareil est à l’heure.',
  'set-up.name': 'Nom, si vous le souhaitez',
  'set-up.name-hint': 'Par exemple « Téléphone bleu ». Vous seul le voyez.',
  'set-up.submit': 'Terminer',
  'set-up.not-now': 'Pas maintenant',

  'codes.title': 'Vos codes de secours',
  'codes.lead':
    'Chacun sert une fois, à la place du téléphone ou de la boîte aux lettres. Imprimez-les ou notez-les, et gardez-les là où vous seul regardez.',
  'codes.once': 'Ils ne s’affichent que maintenant. Les anciens ne fonctionnent plus.',
  'codes.of': 'Compte {{tenant}}, {{moment}}',
  'codes.print': 'Imprimer',
  'codes.save': 'Enregistrer dans un fichier',
  'codes.kept': 'Je les ai conservés',

  'method.name': 'Nom',
  'method.rename': 'Enregistrer le nom',
  'method.try': 'Essayer',
  'method.try-spends': 'Le code que vous essayez est ensuite épuisé.',
  'method.works': 'Cela fonctionne.',
  'method.works-other': 'Ce code fonctionne, mais il appartient à un autre moyen que vous avez configuré.',
  'method.renew': 'Créer de nouveaux codes',
  'method.renew-says': 'Dès qu’il y en a de nouveaux, ceux que vous avez ne fonctionnent plus.',
  'method.remove': 'Supprimer',
  'remove.title': 'Le supprimer ?',
  'remove.lead': 'Ceci ne prouvera plus rien : {{name}}. Nous écrirons à toutes vos adresses.',
  'remove.last': 'Rien d’autre ne protège votre connexion : ensuite, votre mot de passe suffira.',
  'remove.confirm': 'Oui, supprimer',
  'remove.keep': 'Conserver',

  'work.needed':
    'Il y a plus d’activité que d’habitude ; votre navigateur fait donc d’abord un petit calcul. Veuillez envoyer à nouveau. Vous n’avez rien à résoudre.',
  'work.no-script': 'Votre navigateur n’exécute pas de script : il attend à la place.',
  'work.doing': 'Votre navigateur fait d’abord un petit calcul. Cela prend quelques secondes.',
}
