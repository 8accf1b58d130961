import type { Catalogue } from './shape.ts'

/** Everything Rekey says, in Spanish: the same facts as `en.ts`, as plain, with "usted". */
export const es: Catalogue = {
  'page.brand': 'Cuenta de {{tenant}}',
  'page.titled': '{{title}} – Cuenta de {{tenant}}',
  'page.titled-problem': 'Revise esto: {{title}} – Cuenta de {{tenant}}',
  'page.demo': 'Esto es una demostración. Las personas y los correos son inventados.',
  'page.progress': 'Progreso',
  'page.step-who': 'Quién es usted',
  'page.step-prove': 'Verificación',
  'page.step-password': 'Contraseña nueva',
  'page.step-unlock': 'Desbloqueo',
  'page.step-done': '{{step}}: hecho',
  'page.help-desk': 'Servicio de asistencia: {{helpDesk}}',
  'page.languages': 'Idioma',
  'page.continue': 'Continuar',
  'page.start-again': 'Empezar de nuevo',
  'page.ask-help-desk': 'Consulte con el servicio de asistencia: {{helpDesk}}.',
  'page.ask-your-help-desk': 'Consulte con su servicio de asistencia.',

  'start.title': 'Recupere el acceso a su cuenta',
  'start.lead': 'Bastan dos minutos. Necesita el buzón de correo que tenemos registrado para usted.',
  'start.lead-service':
    'Para {{service}}. Bastan dos minutos; necesita el buzón de correo que tenemos registrado para usted.',
  'start.identifier': 'Usuario o correo electrónico',
  'start.identifier-missing': 'Escriba primero su nombre de usuario o su dirección de correo.',
  'start.identifier-unreadable':
    'Es demasiado largo, o tiene caracteres que no aparecen en ningún nombre de usuario. Escríbalo otra vez.',
  'start.flow-unknown': 'Lo que había empezado aquí ya no está abierto. Empiece de nuevo.',
  'start.link-unusable':
    'Este enlace ya se usó o es demasiado antiguo. Empiece de nuevo aquí y le enviaremos otro correo.',
  'start.no-script':
    '¿Abrió el enlace de nuestro correo? Necesita JavaScript, que aquí está desactivado. Escriba el código de ese correo en la ventana donde lo solicitó, o solicite aquí otro.',
  'start.unlock-title': 'Desbloquee su cuenta',
  'start.unlock-lead':
    'Bastan dos minutos. Su contraseña sigue siendo la misma. Necesita el buzón de correo que tenemos registrado para usted.',
  'start.is-locked': '¿Sabe su contraseña, pero la cuenta está bloqueada? Desbloquearla',
  'start.is-forgotten': '¿No sabe su contraseña? Elegir una nueva',
  'start.is-known': '¿Sabe su contraseña? Cambiarla',

  'prove.title': 'Consulte su correo',
  'prove.lead':
    'Si la cuenta existe, acabamos de escribir a su dirección. Abra el enlace de ese correo, o escriba aquí el código que contiene. Hora límite para ambos: {{time}}.',
  'prove.lead-link-only':
    'Si la cuenta existe, acabamos de escribir a su dirección. Abra el enlace de ese correo. Hora límite: {{time}}.',
  'prove.code': 'Código de 8 cifras',
  'prove.wrong-code_one': 'Este no es el código del correo más reciente. Le queda {{count}} intento.',
  'prove.wrong-code_many': 'Este no es el código del correo más reciente. Le quedan {{count}} de intentos.',
  'prove.wrong-code_other': 'Este no es el código del correo más reciente. Le quedan {{count}} intentos.',
  'prove.no-tries-left-title': 'Aquí ya no se aceptan códigos',
  'prove.no-tries-left':
    'Hubo demasiados códigos incorrectos. El enlace de nuestro correo sigue siendo válido: ábralo en su lugar.',
  'prove.code-unreadable':
    'El código tiene ocho cifras, como 1234 5678. Mire el correo más reciente. No se ha gastado ningún intento.',
  'prove.link-unusable': 'Este enlace ya se usó o es demasiado antiguo. Solicite otro.',
  'prove.sent-again':
    'Se ha solicitado otra vez. Si la cuenta existe, hay un correo nuevo en camino; use el más reciente.',
  'prove.asked-too-soon':
    'Acaba de solicitarlo. Espere un minuto, mire en el correo no deseado y después solicite otro envío.',
  'prove.mail-delayed':
    'Los correos salen con retraso en este momento. Lo que ha solicitado saldrá en cuanto sea posible; pedirlo otra vez no lo acelera. Si no ha llegado nada antes de la hora límite ({{time}}), empiece de nuevo.',
  'prove.no-more-mails':
    'Ya no se pueden enviar más correos para esta solicitud. Use el más reciente, o empiece de nuevo con su nombre de usuario.',
  'prove.no-mail':
    '¿No ha llegado nada en un minuto? Mire en el correo no deseado y después solicite otro envío.',
  'prove.resend': 'Enviar otra vez',
  'prove.other-name': '¿Nombre equivocado? Empezar de nuevo',
  'prove.no-script': 'El enlace del correo necesita JavaScript, que aquí está desactivado. Use el código.',

  'landing.title': 'Ha abierto nuestro correo',
  'landing.lead': 'Continúe y elija una contraseña nueva en la página siguiente.',
  'landing.unlock-lead': 'Continúe y desbloquee su cuenta en la página siguiente.',

  'password.title': 'Elija una contraseña nueva',
  'password.lead':
    'Para {{identifier}}. Unas cuantas palabras sin relación entre sí forman una contraseña segura y fácil de recordar.',
  'password.field': 'Contraseña nueva',
  'password.again': 'La misma otra vez',
  'password.again-hint':
    'Sin JavaScript no podemos mostrarle lo que ha escrito; por eso se lo pedimos dos veces.',
  'password.show': 'Mostrar',
  'password.hide': 'Ocultar',
  'password.show-label': 'Mostrar la contraseña',
  'password.submit': 'Guardar contraseña',
  'password.rules': 'Lo que debe cumplir',
  'password.private-ends-sessions':
    'Se cerrarán todas sus sesiones. Nadie en {{tenant}} ve nunca su contraseña.',
  'password.private': 'Nadie en {{tenant}} ve nunca su contraseña.',
  'password.meter-1': 'Fácil de adivinar',
  'password.meter-2': 'Todavía fácil de adivinar',
  'password.meter-3': 'Ya casi',
  'password.meter-4': 'Difícil de adivinar',

  'unlock.title': 'Desbloquee su cuenta',
  'unlock.lead': 'Para {{identifier}}. Su contraseña sigue siendo la misma.',
  'unlock.submit': 'Desbloquear mi cuenta',
  'unlock.instead': 'Elegir en su lugar una contraseña nueva',
  'unlock.is-locked':
    'Su cuenta está bloqueada. Una contraseña nueva la desbloquea. O conserve la que tiene, si la sabe:',
  'unlock.keep': 'Desbloquear y conservar mi contraseña',
  'unlock.not-offered':
    'No podemos levantar por sí solo el bloqueo de esta cuenta. Una contraseña nueva lo levanta.',
  'activate.title': 'Active su cuenta',
  'activate.lead':
    'Tiene un correo con una invitación. Escriba el código que contiene y elija su primera contraseña.',
  'activate.code': 'Código de la invitación',
  'activate.submit': 'Activar',
  'activate.landing-lead': 'Continúe y elija su primera contraseña en la página siguiente.',
  'activate.wrong-code':
    'No conocemos este código, o ya no sirve. Compárelo con el correo más reciente; los espacios no importan.',
  'activate.link-unusable': 'Esta invitación ya no sirve: se ha usado, ha caducado o se ha retirado.',
  'activate.ask': 'Pida una invitación nueva a quien le invitó.',
  'activate.no-script':
    'El enlace del correo necesita JavaScript, que aquí está desactivado. Escriba el código que aparece debajo.',
  'activate.password-title': 'Elija su primera contraseña',
  'activate.done-title': 'Su cuenta está lista',
  'activate.done-note': 'Su contraseña ya funciona',

  'rule.length': '{{min}} caracteres o más, {{max}} como máximo',
  'rule.any-characters': 'Cualquier carácter, también espacios',
  'rule.characters.ascii': 'Solo letras sin tilde ni eñe, cifras, signos corrientes y espacios',
  'rule.characters.latin-1':
    'Solo letras de lenguas de Europa occidental, cifras, signos corrientes y espacios',
  'rule.classes-count': 'Al menos {{required}} de estas clases: {{classes}}',
  'rule.classes-named': 'Con {{classes}}',
  'class.lowercase': 'minúsculas',
  'class.uppercase': 'mayúsculas',
  'class.digit': 'cifras',
  'class.other': 'otros signos o espacios',
  'rule.not-common': 'Ninguna de las que prueba todo el mundo',
  'rule.not-about-you': 'Ni su nombre, ni su dirección, ni {{tenant}}',
  'rule.not-banned': 'No formada por palabras vetadas aquí',
  'rule.hard-to-guess': 'Difícil de adivinar, incluso con un diccionario',
  'rule.not-similar': 'No la que tiene ahora con pequeños cambios',
  'rule.not-too-soon_one': 'No antes de {{count}} hora desde el último cambio',
  'rule.not-too-soon_many': 'No antes de {{count}} de horas desde el último cambio',
  'rule.not-too-soon_other': 'No antes de {{count}} horas desde el último cambio',
  'rule.not-in-history_one': 'No su última contraseña',
  'rule.not-in-history_many': 'Ninguna de sus últimas {{count}} contraseñas',
  'rule.not-in-history_other': 'Ninguna de sus últimas {{count}} contraseñas',
  'rule.not-breached': 'Ninguna de las robadas en otros sitios',

  'refusal.password-empty': 'Escriba una contraseña nueva.',
  'refusal.password-repeat-differs': 'Las dos son distintas. Escriba ambas otra vez.',
  'refusal.password-unreadable':
    'Contiene un carácter que no se puede teclear, como un salto de línea. Escríbala otra vez.',
  'refusal.password-too-short':
    'Demasiado corta: tiene {{length}} y hacen falta al menos {{min}} caracteres. Añada una palabra.',
  'refusal.password-too-long': 'Demasiado larga: use {{max}} caracteres como máximo.',
  'refusal.password-classes-missing.count':
    'Tiene {{have}} de estas clases y necesita {{required}}: {{classes}}.',
  'refusal.password-classes-missing.named': 'Todavía le faltan: {{classes}}.',
  'refusal.password-characters-not-allowed.ascii':
    'Algunos de sus caracteres no se aceptan aquí. Use letras sin tilde ni eñe, cifras, signos corrientes y espacios.',
  'refusal.password-characters-not-allowed.latin-1':
    'Algunos de sus caracteres no se aceptan aquí. Use letras de lenguas de Europa occidental, cifras, signos corrientes y espacios.',
  'refusal.password-common':
    'Demasiado fácil de adivinar: está en la lista que todo el mundo prueba primero. Elija otra.',
  'refusal.password-banned':
    'Demasiado fácil de adivinar: casi solo tiene palabras que aquí probaría cualquiera. Use otras palabras.',
  'refusal.password-too-similar':
    'Demasiado parecida a la actual: quien conozca una probará enseguida la otra. Use otras palabras.',
  'refusal.password-breached':
    'Esta misma contraseña fue robada en otro sitio, y esas listas se prueban primero. Elija otra.',
  'refusal.password-unchecked':
    'No hemos podido comprobar esta contraseña ahora mismo. No se ha cambiado nada. Inténtelo de nuevo dentro de un minuto.',
  'refusal.password-contains-you.username':
    'Demasiado fácil de adivinar: es su nombre de usuario con poco más. Use palabras sin relación entre sí.',
  'refusal.password-contains-you.name':
    'Demasiado fácil de adivinar: es su nombre con poco más. Use palabras sin relación entre sí.',
  'refusal.password-contains-you.mail':
    'Demasiado fácil de adivinar: es su dirección de correo con poco más. Use palabras sin relación entre sí.',
  'refusal.password-contains-you.organisation':
    'Demasiado fácil de adivinar: es un nombre de su lugar de trabajo con poco más. Use palabras sin relación entre sí.',
  'refusal.password-contains-you.product':
    'Demasiado fácil de adivinar: es la palabra «contraseña», o el nombre de lo que abre, con poco más. Use palabras sin relación entre sí.',
  'refusal.password-too-guessable.keyboard-pattern':
    'Demasiado fácil de adivinar: son teclas seguidas del teclado. Use palabras sin relación entre sí.',
  'refusal.password-too-guessable.repeated-pattern':
    'Demasiado fácil de adivinar: se repite. Use palabras sin relación entre sí.',
  'refusal.password-too-guessable.sequence':
    'Demasiado fácil de adivinar: es una serie de números o de letras. Use palabras sin relación entre sí.',
  'refusal.password-too-guessable.date':
    'Demasiado fácil de adivinar: es sobre todo una fecha. Añada palabras sin relación entre sí.',
  'refusal.password-too-guessable.like-common-password':
    'Demasiado fácil de adivinar: se parece a una que prueba todo el mundo. Use palabras sin relación entre sí.',
  'refusal.password-too-guessable.common-words':
    'Demasiado fácil de adivinar: estas palabras están entre las primeras que se prueban. Añada más, y menos comunes.',
  'refusal.password-too-guessable.about-you':
    'Demasiado fácil de adivinar: es sobre todo lo que cualquiera sabe de usted. Use palabras sin relación entre sí.',
  'refusal.password-too-guessable.too-simple':
    'Demasiado fácil de adivinar. Añada una o dos palabras sin relación con las demás.',
  'refusal.password-in-history': 'Esta contraseña ya la tuvo antes. Elija una nueva.',
  'refusal.password-in-history.latest_one': 'Es su última contraseña. Elija una nueva.',
  'refusal.password-in-history.latest_many': 'Es una de sus últimas {{count}} contraseñas. Elija una nueva.',
  'refusal.password-in-history.latest_other': 'Es una de sus últimas {{count}} contraseñas. Elija una nueva.',
  'refusal.password-unchanged': 'Esta es su contraseña actual. Inicie sesión con ella, o elija otra.',
  'refusal.password-too-young.until':
    'Se cambió hace poco. Podrá volver a cambiarla a partir del {{moment}}.',
  'refusal.password-too-young':
    'El directorio no acepta otra contraseña tan poco tiempo después de la última. Inténtelo más tarde, o consulte con el servicio de asistencia.',
  'refusal.password-too-short-for-directory': 'El directorio pide una más larga. Añada una palabra.',
  'refusal.password-too-weak-for-directory':
    'El directorio pide una más segura. Hágala más larga, con mayúsculas, cifras y símbolos.',
  'refusal.password-change-not-allowed':
    'El directorio no permite una contraseña nueva para esta cuenta. Consulte con el servicio de asistencia.',
  'refusal.password-too-long-for-directory':
    'El directorio solo acepta contraseñas más cortas. Use menos caracteres; las letras con tilde y los signos de otras escrituras cuentan varias veces.',

  'working.title': 'Se está guardando su contraseña nueva',
  'working.lead': 'El directorio está tardando. Esta página lo comprueba por sí sola; déjela abierta.',
  'working.look-now': 'Comprobar ahora',

  'accepted.title': 'Su contraseña nueva está aceptada',
  'accepted.not-yet': 'Todavía no funciona',
  'accepted.lead':
    'Ahora mismo no se puede acceder al directorio de su cuenta. La contraseña nueva funcionará a más tardar el {{moment}}, salvo que no se pueda guardar; le escribiremos en cualquier caso.',
  'accepted.until':
    'Mientras no llegue ese correo, nada ha cambiado: lo que usa hoy para iniciar sesión sigue funcionando.',
  'accepted.mail': 'Si para entonces no ha llegado nada, empiece de nuevo.',
  'accepted.close': 'Puede cerrar esta ventana.',

  'sign-in.title': 'Inicie sesión para cambiar la contraseña',
  'sign-in.lead': 'Use la contraseña que tiene ahora.',
  'sign-in.password': 'Contraseña',
  'sign-in.submit': 'Iniciar sesión',
  'sign-in.forgot': '¿Olvidó su contraseña?',
  'sign-in.missing': 'Escriba su nombre y su contraseña.',
  'sign-in.refused':
    'No pudimos iniciar su sesión con este nombre y esta contraseña. Revise ambos, o recupere el acceso por correo.',
  'sign-in.second-factor':
    'Su contraseña es correcta, pero esta cuenta pide algo más que una contraseña, y eso no se puede dar aquí.',
  'sign-in.session-over':
    'Su sesión aquí ha terminado, porque ha pasado un tiempo o porque se cambió su contraseña. Inicie sesión otra vez.',
  'sign-in.signed-out': 'Ha cerrado la sesión.',
  'sign-in.lead-provider': 'Inicie sesión donde siempre lo hace; después volverá aquí.',
  'sign-in.provider': 'Iniciar sesión con {{label}}',
  'sign-in.second-factor-provider':
    'Su contraseña es correcta, pero esta cuenta pide algo más que una contraseña. Use «{{label}}».',
  'sign-in.not-finished':
    'Este inicio de sesión tardó demasiado, ya se usó o no se empezó aquí. Empiece de nuevo.',
  'sign-in.no-account': 'Su inicio de sesión funcionó, pero aquí no encontramos ninguna cuenta para él.',
  'sign-in.provider-unreachable':
    'No se puede acceder al inicio de sesión de la empresa. No se ha cambiado nada. Inténtelo de nuevo en un minuto.',
  'change.title': 'Cambiar la contraseña',
  'change.lead': 'Ha iniciado sesión como {{identifier}}.',
  'change.current': 'Contraseña actual',
  'change.current-wrong': 'Esta no es su contraseña actual. Escríbala otra vez.',
  'change.too-late':
    'Tardó demasiado o se envió dos veces. No se cambió nada. Escriba otra vez las dos contraseñas.',
  'change.keep': 'Mantener la sesión aquí',
  'change.sign-out': 'Cerrar sesión',
  'change.must.directory': 'Otra persona puso su contraseña. Elija una que solo usted conozca.',
  'change.must.expired': 'Su contraseña ha caducado. Elija una nueva para continuar.',
  'change.must.ordered': 'Se le pide que elija una contraseña nueva antes de continuar.',
  'change.must.breached':
    'Otras personas han perdido esta misma contraseña, y quien adivina la prueba primero. Elija una nueva ahora.',
  'change.must.expired-until':
    'Su contraseña ha caducado. Abre esta página hasta el {{moment}}: elija una nueva ahora.',
  'change.must.weak': 'Su contraseña ya no cumple las reglas actuales. Elija una nueva para continuar.',
  'change.expires': 'Su contraseña caduca el {{moment}}. Ya puede elegir una nueva.',
  'change.found.breached':
    'Otras personas han perdido esta misma contraseña, y quien adivina la prueba primero. Conviene que elija una nueva.',
  'change.found.weak': 'Su contraseña ya no cumple las reglas actuales. Conviene que elija una nueva.',

  'done.title': 'Ya tiene acceso de nuevo',
  'done.changed-title': 'Se ha cambiado su contraseña',
  'done.note': 'Su contraseña nueva ya funciona',
  'done.signed-out': 'Se han cerrado todas sus sesiones.',
  'done.other-devices': 'Sus dispositivos la pedirán la próxima vez que inicien sesión.',
  'done.lead': 'Hemos escrito a todas sus direcciones; así se enteraría si no hubiera sido usted.',
  'done.sign-in': 'Iniciar sesión en {{service}}',
  'done.close': 'Inicie sesión con la contraseña nueva donde estaba. Puede cerrar esta ventana.',
  'done.unlocked-title': 'Su cuenta está desbloqueada',
  'done.unlocked-note': 'Su contraseña es la que tenía',
  'done.unlocked-close': 'Inicie sesión donde estaba. Puede cerrar esta ventana.',
  'done.not-locked-title': 'Su cuenta no estaba bloqueada',
  'done.not-locked-note': 'No se ha cambiado nada',
  'done.not-locked-lead':
    'Si no puede iniciar sesión, quizá la contraseña no sea la que recuerda. Elija una nueva.',

  'second-proof.title': 'Aquí no basta con un correo',
  'second-proof.way-on':
    'Esta solicitud no ha cambiado nada. El servicio de asistencia puede comprobar de otra manera quién es usted.',

  'because.disabled':
    'Esta cuenta está desactivada, así que no recibe una contraseña nueva ni se desbloquea.',
  'because.federated':
    'A esta cuenta se accede a través de otra organización. Su contraseña se guarda allí y no en {{tenant}}; recupérela allí.',
  'because.federated-at':
    'A esta cuenta se accede con «{{provider}}». Su contraseña se guarda allí y no en {{tenant}}.',
  'because.privileged':
    'Las cuentas con permisos amplios no reciben una contraseña nueva ni se desbloquean por correo.',
  'because.second-factor':
    'Esta cuenta inicia sesión con un segundo factor. Un correo no puede sustituir a ambos, así que hace falta una segunda prueba.',
  'because.disavowed':
    'Alguien nos avisó de una solicitud para esta cuenta que no había hecho. Durante un día hace falta una segunda prueba.',
  'because.not-activated':
    'Esta cuenta nunca se ha activado. Use la invitación que enviamos, o pida una nueva a quien le invitó.',

  'ended.expired.title': 'Ha pasado demasiado tiempo',
  'ended.expired.lead':
    'Las solicitudes terminan al cabo de un rato, para que nadie encuentre una abierta. Su contraseña no ha cambiado.',
  'ended.superseded.title': 'Esto se hizo en otro lugar',
  'ended.superseded.lead':
    'Se ha completado una solicitud más reciente para esta cuenta, por eso esta terminó. Si no fue usted, use «No fui yo» en nuestro correo.',
  'ended.disavowed.title': 'Esta solicitud se ha detenido',
  'ended.disavowed.lead':
    'Alguien con un correo enviado para esta cuenta nos avisó de que no había hecho esta solicitud.',
  'ended.outcome-unknown.title': 'Pruebe su contraseña nueva',
  'ended.outcome-unknown.lead':
    'La respuesta del directorio se perdió, así que no sabemos si la contraseña se guardó. Pruebe la nueva; si no funciona, empiece de nuevo.',
  'ended.too-many-refusals.title': 'Demasiados intentos',
  'ended.too-many-refusals.lead':
    'Se rechazaron muchas contraseñas seguidas, por eso esta solicitud terminó. Su contraseña no ha cambiado. Tres o cuatro palabras sin relación entre sí suelen servir.',
  'ended.account-unavailable.title': 'El directorio no la ha aceptado',
  'ended.account-unavailable.lead':
    'Esta cuenta no puede recibir una contraseña nueva por el momento. Su contraseña no ha cambiado. El servicio de asistencia puede ver por qué.',
  'ended.ended-by-operator.title': 'Esta solicitud se ha cancelado',
  'ended.ended-by-operator.lead':
    'Alguien que se ocupa de las cuentas ha cancelado todo lo que estaba abierto para esta. Aquí no se ha cambiado ninguna contraseña.',
  'ended.not-set-in-time.title': 'Su contraseña nueva no se ha guardado',
  'ended.not-set-in-time.lead':
    'No se pudo acceder al directorio a tiempo, así que la contraseña elegida se destruyó. Nada ha cambiado.',
  'ended.refused-later.title': 'El directorio no la aceptó después',
  'ended.refused-later.lead':
    'Cuando volvió a estar disponible, el directorio no aceptó la contraseña elegida. Nada ha cambiado. Empiece de nuevo y elija otra.',

  'disavow.title': 'No fui yo',
  'disavow.lead':
    '¿Alguien solicitó una contraseña nueva para su cuenta, o guardó una, y no fue usted? Cancelamos todas las solicitudes abiertas. Si ya se guardó una contraseña, durante un día hará falta una segunda prueba para la siguiente.',
  'disavow.landing-lead':
    'Cancelamos todas las solicitudes abiertas de su cuenta. Si ya se guardó una contraseña, durante un día hará falta una segunda prueba para la siguiente. Usted podrá seguir iniciando sesión.',
  'disavow.confirm': 'Sí, no fui yo',
  'disavow.code': 'Código que aparece bajo «No fui yo» en nuestro correo',
  'disavow.wrong-code':
    'No reconocemos este código. Compárelo con el correo más reciente; los espacios no importan.',
  'disavow.code-unreadable': 'Escriba el código que aparece bajo «No fui yo» en nuestro correo.',
  'disavow.link-unusable':
    'Este enlace es demasiado antiguo. Si tiene un correo más reciente, use ese, o consulte con el servicio de asistencia.',
  'disavow.no-script':
    'El enlace del correo necesita JavaScript, que aquí está desactivado. Escriba el código que aparece debajo.',

  'disavowed.title': 'Gracias. Lo hemos detenido',
  'disavowed.note': 'Se han cancelado todas las solicitudes abiertas de su cuenta',
  'disavowed.lead': 'Los enlaces y códigos enviados hasta ahora ya no valen. Su contraseña no ha cambiado.',
  'disavowed.lead-changed':
    'Los enlaces y códigos enviados hasta ahora ya no valen. La contraseña ya se había cambiado; para obtener otra necesita una segunda prueba, así que hable ahora con el servicio de asistencia.',
  'disavowed.next':
    'Durante un día, un correo por sí solo no basta para cambiar la contraseña de esta cuenta. El servicio de asistencia tiene un caso abierto.',

  'problem.not-found.title': 'Aquí no hay ninguna página',
  'problem.not-found.lead':
    'Puede que la dirección esté incompleta. Abra otra vez el enlace del correo, o empiece por la primera página.',
  'problem.request-unusable.title': 'No hemos podido leerlo',
  'problem.request-unusable.lead':
    'Lo que llegó no es lo que envía esta página. Su contraseña no ha cambiado. Empiece de nuevo.',
  'problem.form-stale.title': 'Esta página estuvo abierta demasiado tiempo',
  'problem.form-stale.lead': 'No se ha cambiado nada. Empiece de nuevo; bastan dos minutos.',
  'problem.too-many-requests.title': 'Demasiadas solicitudes a la vez',
  'problem.too-many-requests.lead': 'Llegaron muchas solicitudes desde su red. Su contraseña no ha cambiado.',
  'problem.directory-unreachable.title': 'No hemos podido contactar con el directorio',
  'problem.directory-unreachable.lead': 'Su contraseña no ha cambiado, y nada de lo que hizo se ha perdido.',
  'problem.directory-not-writable.title': 'Ahora no podemos cambiar nada en su cuenta',
  'problem.directory-not-writable.lead':
    'Su contraseña no ha cambiado. Primero hay que arreglar algo: avise al servicio de asistencia y vuelva con un correo nuevo.',
  'problem.unavailable.title': 'Ahora mismo no podemos hacerlo',
  'problem.unavailable.lead':
    'Su contraseña no ha cambiado. Los responsables del servicio ya están avisados.',
  'problem.internal.title': 'Algo ha fallado por nuestra parte',
  'problem.internal.lead':
    'No es culpa suya. Vuelva a la primera página: podrá seguir donde estaba. Los responsables del servicio ya están avisados.',
  'problem.wait-seconds_one': 'Inténtelo de nuevo dentro de {{count}} segundo.',
  'problem.wait-seconds_many': 'Inténtelo de nuevo dentro de {{count}} de segundos.',
  'problem.wait-seconds_other': 'Inténtelo de nuevo dentro de {{count}} segundos.',
  'problem.wait-minutes_one': 'Inténtelo de nuevo dentro de {{count}} minuto.',
  'problem.wait-minutes_many': 'Inténtelo de nuevo dentro de {{count}} de minutos.',
  'problem.wait-minutes_other': 'Inténtelo de nuevo dentro de {{count}} minutos.',
  'problem.request-id': 'Para el servicio de asistencia: {{requestId}}',
  'problem.back': 'Volver a la página',

  'device.named': '{{browser}} en {{system}}',
  'device.desktop-app': 'una aplicación de escritorio',

  'place.named': '{{city}}, {{country}}',

  'mail.when': 'Cuándo',
  'mail.account': 'Cuenta',
  'mail.device': 'Dispositivo',
  'mail.place': 'Lugar',
  'mail.unknown-device': 'No reconocido',
  'mail.unknown-place': 'Desconocido',
  'mail.sign-off':
    'Enviado por {{tenant}} a la dirección registrada para esta cuenta. No reenvíe este correo.',

  'mail.recovery.subject': 'Se solicitó una contraseña nueva en {{tenant}}',
  'mail.recovery.lead': 'Alguien solicitó una contraseña nueva para su cuenta de {{tenant}}.',
  'mail.recovery.if-you': 'Si fue usted, abra este enlace y elija una:',
  'mail.recovery.button': 'Elegir una contraseña nueva',
  'mail.recovery.code': 'O escriba este código en la ventana donde lo solicitó:',
  'mail.recovery.until': 'El enlace y el código sirven una sola vez, hasta el {{moment}}.',
  'mail.recovery.until-link': 'El enlace sirve una sola vez, hasta el {{moment}}.',
  'mail.recovery.never-told':
    'Nadie en {{tenant}} le pedirá nunca este código: ni por teléfono ni por chat. No se lo dé a nadie.',
  'mail.recovery.never-told-link': 'Nadie en {{tenant}} le pedirá nunca este enlace. No se lo dé a nadie.',
  'mail.recovery.otherwise': 'Si no hace nada, nada cambia.',

  'mail.recovery-explained.subject': 'Se solicitó una contraseña nueva en {{tenant}}',
  'mail.recovery-explained.lead':
    'Alguien solicitó una contraseña nueva para su cuenta de {{tenant}}. No es posible hacerlo por correo.',

  'mail.password-changed.subject': 'Se ha cambiado su contraseña',
  'mail.password-changed.lead': 'Se ha cambiado la contraseña de su cuenta de {{tenant}}.',
  'mail.password-changed.if-you':
    'Si fue usted, no tiene que hacer nada más: la nueva funciona y la antigua ya no.',

  'mail.password-unexplained.subject': 'Pruebe su contraseña nueva',
  'mail.password-unexplained.lead':
    'Se envió una contraseña nueva al directorio de su cuenta de {{tenant}}, y la respuesta se perdió.',
  'mail.password-unexplained.try': 'Pruebe la contraseña nueva. Si no funciona, empiece de nuevo:',

  'mail.password-accepted.subject': 'Su contraseña nueva todavía no funciona',
  'mail.password-accepted.lead':
    'Se ha aceptado una contraseña nueva para su cuenta de {{tenant}}. Todavía no funciona.',
  'mail.password-accepted.until':
    'Ahora mismo no se puede acceder al directorio de su cuenta. La contraseña nueva funcionará a más tardar el {{moment}}, salvo que no se pueda guardar; le escribiremos de nuevo en cualquier caso.',
  'mail.password-accepted.then':
    'Mientras no llegue ese correo, nada ha cambiado. Si para entonces no ha llegado nada, empiece de nuevo.',

  'mail.password-not-set.subject': 'Su contraseña nueva no se ha guardado',
  'mail.password-not-set.lead': 'No se pudo guardar la contraseña nueva de su cuenta de {{tenant}}.',
  'mail.password-not-set.late':
    'No se pudo acceder al directorio de la cuenta a tiempo, y la contraseña se destruyó.',
  'mail.password-not-set.refused':
    'Cuando volvió a estar disponible, el directorio no la aceptó: sus reglas o la cuenta pueden haber cambiado entretanto.',
  'mail.password-not-set.unchanged': 'Nada ha cambiado: lo que usaba para iniciar sesión sigue funcionando.',
  'mail.password-not-set.again': 'Empiece de nuevo y elija una contraseña nueva:',

  'mail.disavowed.subject': 'Usted nos avisó: «No fui yo»',
  'mail.disavowed.lead':
    'Alguien con un correo enviado para su cuenta de {{tenant}} nos avisó de una solicitud que no había hecho.',
  'mail.disavowed.ended':
    'Se han cancelado todas las solicitudes abiertas; los enlaces y códigos enviados hasta ahora ya no valen.',
  'mail.disavowed.unchanged': 'Su contraseña no ha cambiado. Puede iniciar sesión como siempre.',
  'mail.disavowed.next':
    'Durante un día, un correo por sí solo no basta para cambiar la contraseña de esta cuenta. Puede iniciar sesión como siempre.',
  'mail.disavowed.help':
    'Si su contraseña ya no funciona, puede que otra persona la haya cambiado: hable ahora con el servicio de asistencia.',

  'mail.unlock.subject': 'Se solicitó desbloquear su cuenta en {{tenant}}',
  'mail.unlock.lead': 'Alguien solicitó desbloquear su cuenta de {{tenant}}.',
  'mail.unlock.if-you': 'Si fue usted, abra este enlace y desbloquéela:',
  'mail.unlock.button': 'Desbloquear mi cuenta',
  'mail.unlock-explained.subject': 'Se solicitó desbloquear su cuenta en {{tenant}}',
  'mail.unlock-explained.lead':
    'Alguien solicitó desbloquear su cuenta de {{tenant}}. No es posible hacerlo por correo.',
  'mail.account-unlocked.subject': 'Se ha desbloqueado su cuenta',
  'mail.account-unlocked.lead':
    'Se ha desbloqueado su cuenta de {{tenant}}. Su contraseña es la misma que antes.',
  'mail.account-unlocked.if-you':
    'Si fue usted, no tiene que hacer nada más: inicie sesión con la contraseña que tiene.',
  'mail.invitation.subject': 'Su cuenta en {{tenant}} le espera',
  'mail.invitation.lead': 'Tiene una cuenta en {{tenant}}. Le falta la primera contraseña.',
  'mail.invitation.if-you': 'Abra este enlace y elija una:',
  'mail.invitation.button': 'Elegir mi contraseña',
  'mail.invitation.otherwise': 'Si no esperaba este correo, no haga nada. La cuenta sigue cerrada.',
  'mail.invited-elsewhere.subject': 'Se ha invitado a alguien a su cuenta',
  'mail.invited-elsewhere.lead':
    'Se ha invitado a alguien a elegir una contraseña para su cuenta de {{tenant}}. El correo se envió a una dirección distinta de esta.',
  'mail.invited-elsewhere.if-you':
    'Si la otra dirección es suya, no tiene que hacer nada. Si no lo es, díganoslo ahora: la invitación dejará de funcionar.',
  'mail.account-activated.subject': 'Su cuenta está lista',
  'mail.account-activated.lead': 'Se ha guardado la primera contraseña de su cuenta de {{tenant}}.',
  'mail.account-activated.if-you': 'Si fue usted, no tiene que hacer nada más: inicie sesión con ella.',

  'mail.method-added.subject': 'Se ha añadido una nueva forma de demostrar quién es',
  'mail.method-added.lead':
    'Se ha añadido a su cuenta de {{tenant}} una nueva forma de demostrar que es usted:',
  'mail.method-added.if-you': 'Si fue usted, no tiene que hacer nada. Funciona desde ahora.',
  'mail.method-removed.subject': 'Se ha quitado una forma de demostrar quién es',
  'mail.method-removed.lead': 'Esto ya no demuestra quién es para su cuenta de {{tenant}}:',
  'mail.method-removed.if-you': 'Si fue usted, no tiene que hacer nada.',
  'mail.method': 'Qué',
  'method.totp': 'Aplicación de autenticación',
  'method.recovery_code': 'Códigos de recuperación',
  'method.passkey': 'Llave de acceso',
  'proof.use.passkey': 'Usar una llave de acceso',
  'methods.add.passkey': 'Añadir una llave de acceso',
  'methods.why.passkey': 'Su dedo, su cara o el PIN de su dispositivo. Nunca funciona en una página falsa.',
  'methods.synced': 'En todos sus dispositivos, guardada por su fabricante',
  'methods.on-device': 'En un solo dispositivo',
  'passkey.lead': 'Su dispositivo le pide el dedo, la cara o su PIN. Nada de eso sale de él.',
  'passkey.make': 'Crear la llave de acceso',
  'passkey.use': 'Continuar con una llave de acceso',
  'passkey.try': 'Probarla',
  'passkey.failed': 'No ha funcionado, o se ha cancelado. Inténtelo de nuevo.',
  'passkey.refused':
    'Esta llave de acceso no sirve aquí. Use una que haya configurado para esta cuenta, u otra forma.',
  'passkey.no-support': 'Este navegador no conoce las llaves de acceso. Use otro.',
  'passkey.no-script': 'Las llaves de acceso necesitan JavaScript, y aquí está desactivado.',

  'mail.disavow.lead': 'Si no fue usted, díganoslo. Basta un clic, sin iniciar sesión:',
  'mail.disavow.button': 'No fui yo',
  'mail.disavow.code': 'O vaya a {{page}} y escriba este código:',

  'mail.change-required.subject': 'Necesita una contraseña nueva',
  'mail.change-required.lead': 'Hay que cambiar la contraseña de su cuenta de {{tenant}}.',
  'mail.change-required.how':
    'Se le pedirá una nueva la próxima vez que inicie sesión. También puede elegirla ahora:',
  'mail.by-help': 'Lo hizo alguien que se ocupa de las cuentas en {{tenant}}.',
  'mail.expires': 'Caduca',
  'mail.expired': 'Caducó',
  'mail.change-button': 'Cambiar mi contraseña',
  'mail.change-forgot': '¿Ya no la sabe? Recupere el acceso por correo: {{page}}',
  'mail.password-expires.subject': 'Su contraseña caduca pronto',
  'mail.password-expires.lead': 'La contraseña de su cuenta de {{tenant}} caduca pronto.',
  'mail.password-expires.before': 'Elija una nueva antes. Para ello necesita la actual:',
  'mail.password-expired.subject': 'Su contraseña ha caducado',
  'mail.password-expired.lead': 'La contraseña de su cuenta de {{tenant}} ha caducado.',
  'mail.password-expired.now': 'Elija una nueva. Para ello necesita la que tenía:',
  'mail.password-expired.until':
    'Elija una nueva antes del {{moment}}, mientras la antigua aún funciona en otros sitios. Para ello necesita la antigua:',
  'mail.elsewhere.how': 'Si ya no funciona, obtenga allí una nueva:',
  'mail.elsewhere.button': 'Ir a {{provider}}',

  'targets.title': 'Su contraseña nueva: aún no en todas partes',
  'targets.lead': 'Ya está puesta y funciona donde se indica aquí.',
  'targets.retry': 'Espere un minuto y escríbala una vez más: lo intentaremos de nuevo en las demás.',
  'targets.is.waiting': 'Todavía tiene la contraseña antigua.',
  'targets.is.written': 'La contraseña nueva funciona.',
  'targets.is.unreachable': 'No se pudo contactar y todavía tiene la contraseña antigua.',
  'targets.is.refused': 'No la aceptó y todavía tiene la contraseña antigua.',
  'targets.is.not-writable':
    'No admite cambios por ahora y todavía tiene la contraseña antigua. Avise al servicio de asistencia.',
  'targets.is.unknown': 'No respondió. Pruebe allí la contraseña nueva y, si no funciona, la antigua.',
  'targets.password': 'La contraseña nueva otra vez',
  'targets.again': 'Intentarlo de nuevo en las demás',
  'targets.another': 'Esta no es la contraseña que acaba de poner. Escriba aquella.',
  'targets.tried': 'Acabamos de intentarlo de nuevo: todavía no funciona en todas partes.',
  'targets.unreached': 'No se pudo contactar con: {{applications}}.',
  'targets.other': 'Empezar de nuevo con otra contraseña',
  'targets.later':
    'También puede dejarlo así por ahora: cuando ponga otra contraseña nueva, la recibirán todas.',
  'targets.next': 'Cuando ponga otra contraseña nueva, la recibirán todas.',
  'mail.targets.written': 'Nueva',
  'mail.targets.unchanged': 'Antigua',
  'mail.targets.unknown': 'Sin confirmar',
  'mail.targets.partly':
    'Si fue usted: la contraseña nueva todavía no funciona en todas partes. Para volver a tener una sola, ponga otra nueva aquí: {{page}}',
  'text.recovery':
    '{{code}} es su clave de un solo uso para cambiar la contraseña en {{tenant}}. Caduca a las {{time}}. No se la dé a nadie.',
  'text.unlock':
    '{{code}} es su clave de un solo uso para desbloquear su cuenta en {{tenant}}. Caduca a las {{time}}. No se la dé a nadie.',
  'text.spoken':
    'Le llama {{tenant}}. Su código es {{code}}. Repito, su código es {{code}}. No se lo dé a nadie.',

  'proof.title': 'Demostrarlo de otra manera',
  'proof.first-lead': 'Si la cuenta existe y tiene configurado este medio, puede seguir sin correo.',
  'proof.second-title': 'Una prueba más',
  'proof.second-lead': 'Paso {{have}} de {{need}} hecho. Ahora demuéstrelo de otra manera.',
  'proof.other-ways': 'O use otro medio:',
  'proof.no-mailbox': '¿No tiene acceso a su correo? Use otro medio que haya configurado:',
  'proof.use.email_code': 'Usar el correo que enviamos',
  'proof.use.totp': 'Usar la aplicación de autenticación',
  'proof.use.recovery_code': 'Usar un código de recuperación',
  'proof.lost': '¿Ha perdido todo esto?',
  'proof.label.totp': 'Código de la aplicación de autenticación',
  'proof.hint.totp': 'Seis cifras que cambian cada medio minuto.',
  'proof.label.recovery_code': 'Código de recuperación',
  'proof.hint.recovery_code': 'Uno de los que imprimió o guardó. Cada uno sirve una sola vez.',
  'proof.hint.email_code': 'El del correo más reciente. Abrir su enlace tiene el mismo efecto.',
  'proof.wrong_one': 'Este código no es correcto o ya se usó. Le queda {{count}} intento.',
  'proof.wrong_many': 'Este código no es correcto o ya se usó. Le quedan {{count}} de intentos.',
  'proof.wrong_other': 'Este código no es correcto o ya se usó. Le quedan {{count}} intentos.',
  'proof.wrong-now': 'Este código no es correcto o ya se usó. Pruebe con otro.',
  'proof.unreadable.totp': 'El código tiene seis cifras, como {{example}}. No se ha gastado ningún intento.',
  'proof.unreadable.recovery_code':
    'Un código de recuperación tiene dieciséis letras y cifras, como {{example}}. No se ha gastado ningún intento.',
  'proof.use.sms_code': 'Recibir un código por SMS',
  'proof.text-lead':
    'Si la cuenta tiene registrado un número de móvil, se puede enviar un código a ese número.',
  'proof.text-ask': 'Enviarme un SMS',
  'proof.hint.sms_code': 'El del SMS más reciente. Sirve diez minutos como máximo.',
  'proof.text-sent':
    'Solicitado. Si la cuenta tiene un número registrado, hay un SMS con un código en camino.',
  'proof.text-asked-too-soon': 'Acaba de solicitarlo. Espere un minuto y vuelva a pedirlo.',
  'proof.text-no-more-mails': 'Ya no se pueden enviar más mensajes para esta solicitud. Empiece de nuevo.',
  'proof.unreadable.sms_code':
    'El código tiene ocho cifras, como {{example}}. No se ha gastado ningún intento.',
  'proof.too-many-tries': 'Hubo demasiados intentos. Espere un rato, o use otro medio.',
  'proof.no-tries-left':
    'Hubo demasiados códigos incorrectos. Empiece de nuevo, o pregunte al servicio de asistencia.',
  'demand.risk': 'Esta solicitud no se parece a las que suele hacer, por eso necesita más pruebas.',

  'demand.policy': '{{tenant}} pide más de una prueba para esta cuenta.',
  'demand.enrolled': 'Ha configurado un medio más para demostrar quién es, así que uno solo no basta.',

  'sign-in.step-title': 'Un paso más',
  'sign-in.step-lead': 'Su contraseña es correcta. Ahora demuestre quién es de otra manera.',
  'sign-in.cancel': 'Cancelar y cerrar sesión',
  'sign-in.again':
    'Para cambiar los medios con los que demuestra quién es hace falta una sesión reciente. Inicie sesión otra vez.',
  'sign-in.just-title': 'Inicie sesión',

  'methods.title': 'Sus medios para demostrar quién es',
  'methods.lead': 'Protegen su inicio de sesión y le devuelven el acceso si pierde la contraseña o el buzón.',
  'methods.none': 'Todavía no ha configurado nada.',
  'methods.since': 'Configurado el {{moment}}',
  'methods.used': 'Usado por última vez el {{moment}}',
  'methods.unused': 'Todavía sin usar',
  'methods.left_one': 'Queda {{count}} código',
  'methods.left_many': 'Quedan {{count}} de códigos',
  'methods.left_other': 'Quedan {{count}} códigos',
  'methods.waits': 'Podrá devolverle el acceso a partir del {{moment}}. Al iniciar sesión ya cuenta.',
  'methods.add.totp': 'Añadir una aplicación',
  'methods.add.recovery_code': 'Obtener códigos de recuperación',
  'methods.why.totp': 'Una aplicación de autenticación en su teléfono que muestra códigos, también sin red.',
  'methods.why.recovery_code': 'Diez códigos para imprimir, para el día en que le falte el teléfono.',
  'methods.nudge': 'Configurar un segundo medio para demostrar quién es',
  'methods.change-password': 'Cambiar la contraseña',
  'methods.said.added': 'Está configurado y cuenta desde ahora. Hemos escrito a todas sus direcciones.',
  'methods.said.removed': 'Se ha eliminado. Hemos escrito a todas sus direcciones.',
  'methods.said.renamed': 'El nombre nuevo está guardado.',
  'methods.said.unknown': 'Lo que quería ver ya no existe. Esto es lo que hay.',
  'methods.said.too-many': 'Ya tiene el máximo. Elimine antes alguno.',
  'methods.said.shown':
    'Los códigos se mostraron una vez y no se pueden mostrar de nuevo. Si no los ha guardado, cree otros.',
  'methods.back': 'Volver a la lista',

  'set-up.title': 'Añadir una aplicación',
  'set-up.lead': 'Escanee esto con la aplicación y escriba después el código que muestra.',
  'set-up.picture': 'Código QR para su aplicación de autenticación',
  'set-up.key': 'O escriba esta clave en la aplicación:',
  'set-up.open': '¿La aplicación está en este dispositivo? Abrirla',
  'set-up.code': 'Código que muestra la aplicación',
  'set-up.wrong':
    'Este no es el código que la aplicación muestra ahora. Espere al siguiente y compruebe que el reloj del dispositivo está en hora.',
  'set-up.name': 'Nombre, si lo desea',
  'set-up.name-hint': 'Por ejemplo, «Teléfono azul». Solo lo ve usted.',
  'set-up.submit': 'Terminar',
  'set-up.not-now': 'Ahora no',

  'codes.title': 'Sus códigos de recuperación',
  'codes.lead':
    'Cada uno sirve una vez, en lugar del teléfono o del buzón. Imprímalos o anótelos, y guárdelos donde solo usted mire.',
  'codes.once': 'Solo se muestran ahora. Los anteriores ya no sirven.',
  'codes.of': 'Cuenta de {{tenant}}, {{moment}}',
  'codes.print': 'Imprimir',
  'codes.save': 'Guardar en un archivo',
  'codes.kept': 'Los he guardado',

  'method.name': 'Nombre',
  'method.rename': 'Guardar el nombre',
  'method.try': 'Probar',
  'method.try-spends': 'El código que pruebe queda gastado.',
  'method.works': 'Funciona.',
  'method.works-other': 'Este código funciona, pero pertenece a otro medio que ha configurado.',
  'method.renew': 'Crear códigos nuevos',
  'method.renew-says': 'En cuanto haya códigos nuevos, los que tiene dejarán de servir.',
  'method.remove': 'Eliminar',
  'remove.title': '¿Eliminarlo?',
  'remove.lead': 'Esto dejará de probar quién es: {{name}}. Escribiremos a todas sus direcciones.',
  'remove.last': 'Nada más protege su inicio de sesión: después bastará con su contraseña.',
  'remove.confirm': 'Sí, eliminar',
  'remove.keep': 'Conservar',

  'work.needed':
    'Hay más actividad de lo habitual, así que su navegador hace antes un pequeño cálculo. Envíelo otra vez, por favor. Usted no tiene que resolver nada.',
  'work.no-script': 'Su navegador no ejecuta scripts, así que en su lugar espera.',
  'work.doing': 'Su navegador está haciendo antes un pequeño cálculo. Tarda unos segundos.',
}
