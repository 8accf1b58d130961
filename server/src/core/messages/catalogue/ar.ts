import type { Catalogue } from './shape.ts'

/**
 * Everything Rekey says, in Arabic: the same facts as `en.ts`, as plain, in modern standard Arabic. Digits are the
 * European ones, as in the codes. `say` isolates the values; only what stands here in two groups of digits does it itself.
 */
export const ar: Catalogue = {
  'page.brand': 'حساب {{tenant}}',
  'page.titled': '{{title}} – حساب {{tenant}}',
  'page.titled-problem': 'يُرجى التحقق: {{title}} – حساب {{tenant}}',
  'page.demo': 'هذا عرض تجريبي. الأشخاص والرسائل فيه من نسج الخيال.',
  'page.progress': 'التقدم',
  'page.step-who': 'من أنت',
  'page.step-prove': 'إثبات الهوية',
  'page.step-password': 'كلمة مرور جديدة',
  'page.step-unlock': 'فتح القفل',
  'page.step-done': '{{step}}: تم',
  'page.help-desk': 'مكتب المساعدة: {{helpDesk}}',
  'page.languages': 'اللغة',
  'page.continue': 'متابعة',
  'page.start-again': 'البدء من جديد',
  'page.ask-help-desk': 'تواصل مع مكتب المساعدة: {{helpDesk}}.',
  'page.ask-your-help-desk': 'تواصل مع مكتب المساعدة لديك.',

  'start.title': 'العودة إلى حسابك',
  'start.lead': 'دقيقتان فقط. ستحتاج إلى صندوق البريد المسجل لدينا باسمك.',
  'start.lead-service': 'من أجل {{service}}. دقيقتان فقط؛ ستحتاج إلى صندوق البريد المسجل لدينا باسمك.',
  'start.identifier': 'اسم المستخدم أو البريد الإلكتروني',
  'start.identifier-missing': 'اكتب أولًا اسم المستخدم أو عنوان بريدك الإلكتروني.',
  'start.identifier-unreadable': 'النص أطول من اللازم، أو فيه أحرف لا توجد في أي اسم مستخدم. اكتبه مرة أخرى.',
  'start.flow-unknown': 'ما بدأته هنا من قبل لم يعد مفتوحًا. ابدأ من جديد.',
  'start.link-unusable':
    'استُعمل هذا الرابط من قبل أو أصبح قديمًا جدًا. ابدأ من جديد هنا وسنرسل إليك رسالة جديدة.',
  'start.no-script':
    'هل فتحت الرابط الذي في رسالتنا؟ يحتاج الرابط إلى جافاسكريبت، وهي معطلة هنا. اكتب الرمز الوارد في الرسالة في النافذة التي طلبته منها، أو اطلب رمزًا جديدًا هنا.',
  'start.unlock-title': 'فتح قفل حسابك',
  'start.unlock-lead': 'دقيقتان فقط. تبقى كلمة مرورك كما هي. ستحتاج إلى صندوق البريد المسجل لدينا باسمك.',
  'start.is-locked': 'تعرف كلمة مرورك لكن الحساب مقفل؟ افتح قفله',
  'start.is-forgotten': 'لا تعرف كلمة مرورك؟ عيّن كلمة مرور جديدة',
  'start.is-known': 'تعرف كلمة مرورك؟ غيّرها',

  'prove.title': 'راجع بريدك',
  'prove.lead':
    'إذا كان الحساب موجودًا فقد أرسلنا للتو رسالة إلى عنوانه. افتح الرابط الذي في الرسالة، أو اكتب هنا الرمز الوارد فيها. كلاهما صالح حتى {{time}}.',
  'prove.lead-link-only':
    'إذا كان الحساب موجودًا فقد أرسلنا للتو رسالة إلى عنوانه. افتح الرابط الذي في الرسالة. الرابط صالح حتى {{time}}.',
  'prove.code': 'رمز من 8 أرقام',
  'prove.wrong-code_zero': 'هذا ليس الرمز الوارد في أحدث رسالة. لم تبقَ لديك أي محاولة.',
  'prove.wrong-code_one': 'هذا ليس الرمز الوارد في أحدث رسالة. بقيت لديك محاولة واحدة.',
  'prove.wrong-code_two': 'هذا ليس الرمز الوارد في أحدث رسالة. بقيت لديك محاولتان.',
  'prove.wrong-code_few': 'هذا ليس الرمز الوارد في أحدث رسالة. بقيت لديك {{count}} محاولات.',
  'prove.wrong-code_many': 'هذا ليس الرمز الوارد في أحدث رسالة. بقيت لديك {{count}} محاولة.',
  'prove.wrong-code_other': 'هذا ليس الرمز الوارد في أحدث رسالة. بقيت لديك {{count}} محاولة.',
  'prove.no-tries-left-title': 'لم تعد الرموز مقبولة هنا',
  'prove.no-tries-left':
    'أُدخلت رموز خاطئة كثيرة جدًا. الرابط الذي في رسالتنا ما زال صالحًا: افتحه بدلًا من ذلك.',
  'prove.code-unreadable':
    'يتكون الرمز من ثمانية أرقام، مثل \u20661234 5678\u2069. انظر في أحدث رسالة. لم تُحسب عليك أي محاولة.',
  'prove.link-unusable': 'استُعمل هذا الرابط من قبل أو أصبح قديمًا جدًا. اطلب رابطًا جديدًا.',
  'prove.sent-again':
    'قُدّم الطلب مرة أخرى. إذا كان الحساب موجودًا فهناك رسالة جديدة في الطريق؛ استعمل أحدث رسالة.',
  'prove.asked-too-soon':
    'لقد قدمت طلبك قبل لحظات. انتظر دقيقة، وانظر في البريد غير المرغوب فيه، ثم أعد الإرسال.',
  'prove.mail-delayed':
    'يتأخر إرسال البريد في الوقت الحالي. سنرسل ما طلبته في أقرب وقت ممكن، وتكرار الطلب لا يعجّل به. إذا لم يصل شيء بحلول {{time}} فابدأ من جديد.',
  'prove.no-more-mails':
    'لا يمكن إرسال مزيد من الرسائل لهذا الطلب. استعمل أحدث رسالة، أو ابدأ من جديد باسم المستخدم.',
  'prove.no-mail': 'لم تصلك رسالة بعد دقيقة؟ انظر في البريد غير المرغوب فيه، ثم أعد الإرسال.',
  'prove.resend': 'إعادة الإرسال',
  'prove.other-name': 'الاسم خاطئ؟ ابدأ من جديد',
  'prove.no-script': 'يحتاج الرابط الذي في الرسالة إلى جافاسكريبت، وهي معطلة هنا. استعمل الرمز.',

  'landing.title': 'لقد فتحت رسالتنا',
  'landing.lead': 'تابع، ثم اختر كلمة مرور جديدة في الصفحة التالية.',
  'landing.unlock-lead': 'تابع، ثم افتح قفل حسابك في الصفحة التالية.',

  'password.title': 'اختر كلمة مرور جديدة',
  'password.lead': 'للحساب {{identifier}}. بضع كلمات لا صلة بينها تصنع كلمة مرور قوية يسهل تذكّرها.',
  'password.field': 'كلمة المرور الجديدة',
  'password.again': 'كلمة المرور نفسها مرة أخرى',
  'password.again-hint': 'من دون جافاسكريبت لا يمكننا أن نعرض لك ما كتبته، لذلك نطلبه مرتين.',
  'password.show': 'إظهار',
  'password.hide': 'إخفاء',
  'password.show-label': 'إظهار كلمة المرور',
  'password.submit': 'تعيين كلمة المرور',
  'password.rules': 'شروط كلمة المرور',
  'password.private-ends-sessions': 'سيُسجَّل خروجك من جميع الأجهزة. لا يرى أحد في {{tenant}} كلمة مرورك أبدًا.',
  'password.private': 'لا يرى أحد في {{tenant}} كلمة مرورك أبدًا.',
  'password.meter-1': 'يسهل تخمينها',
  'password.meter-2': 'ما زال تخمينها سهلًا',
  'password.meter-3': 'اقتربت من المطلوب',
  'password.meter-4': 'يصعب تخمينها',

  'unlock.title': 'فتح قفل حسابك',
  'unlock.lead': 'للحساب {{identifier}}. تبقى كلمة مرورك كما هي.',
  'unlock.submit': 'فتح قفل حسابي',
  'unlock.instead': 'تعيين كلمة مرور جديدة بدلًا من ذلك',
  'unlock.is-locked': 'حسابك مقفل. كلمة المرور الجديدة تفتح القفل. أو احتفظ بالكلمة التي لديك إن كنت تعرفها:',
  'unlock.keep': 'فتح القفل والاحتفاظ بكلمة مروري',
  'unlock.not-offered': 'لا يمكننا فتح قفل هذا الحساب وحده. كلمة المرور الجديدة تفتحه.',
  'activate.title': 'تفعيل حسابك',
  'activate.lead': 'لديك رسالة تدعوك. اكتب الرمز الوارد فيها، ثم اختر كلمة مرورك الأولى.',
  'activate.code': 'رمز الدعوة',
  'activate.submit': 'تفعيل',
  'activate.landing-lead': 'تابع، ثم اختر كلمة مرورك الأولى في الصفحة التالية.',
  'activate.wrong-code': 'لا نعرف هذا الرمز، أو لم يعد صالحًا. قارنه بأحدث رسالة؛ المسافات لا تهم.',
  'activate.link-unusable': 'لم تعد هذه الدعوة صالحة: فقد استُعملت أو انتهت مدتها أو سُحبت.',
  'activate.ask': 'اطلب دعوة جديدة ممن دعاك.',
  'activate.no-script': 'الرابط الذي في الرسالة يحتاج إلى JavaScript، وهو معطّل هنا. اكتب الرمز المذكور تحته.',
  'activate.password-title': 'اختر كلمة مرورك الأولى',
  'activate.done-title': 'حسابك جاهز',
  'activate.done-note': 'كلمة مرورك صالحة الآن',

  'rule.length': 'لا يقل طولها عن {{min}} ولا يزيد على {{max}} من الأحرف',
  'rule.any-characters': 'أي أحرف أو علامات تريدها، والمسافات أيضًا',
  'rule.characters.ascii': 'أحرف لاتينية بلا علامات وأرقام وعلامات شائعة ومسافات فقط',
  'rule.characters.latin-1': 'أحرف لغات غرب أوروبا وأرقام وعلامات شائعة ومسافات فقط',
  'rule.classes-count': 'لا يقل ما فيها عن {{required}} من هذه الأنواع: {{classes}}',
  'rule.classes-named': 'فيها {{classes}}',
  'class.lowercase': 'أحرف صغيرة',
  'class.uppercase': 'أحرف كبيرة',
  'class.digit': 'أرقام',
  'class.other': 'علامات أخرى أو مسافات',
  'rule.not-common': 'ليست من كلمات المرور التي يجربها الجميع',
  'rule.not-about-you': 'ليست اسمك ولا عنوانك ولا {{tenant}}',
  'rule.not-banned': 'ليست مكوّنة من كلمات محظورة هنا',
  'rule.hard-to-guess': 'يصعب تخمينها حتى بالاستعانة بقاموس',
  'rule.not-similar': 'ليست كلمتك الحالية مع تغيير بسيط',
  'rule.not-too-soon_zero': 'ليست مباشرة بعد آخر تغيير',
  'rule.not-too-soon_one': 'ليس قبل مرور ساعة واحدة على آخر تغيير',
  'rule.not-too-soon_two': 'ليس قبل مرور ساعتين على آخر تغيير',
  'rule.not-too-soon_few': 'ليس قبل مرور {{count}} ساعات على آخر تغيير',
  'rule.not-too-soon_many': 'ليس قبل مرور {{count}} ساعة على آخر تغيير',
  'rule.not-too-soon_other': 'ليس قبل مرور {{count}} ساعة على آخر تغيير',
  'rule.not-in-history_zero': 'ليست من كلمات المرور التي كانت لك',
  'rule.not-in-history_one': 'ليست كلمة المرور الأخيرة لك',
  'rule.not-in-history_two': 'ليست إحدى كلمتي المرور الأخيرتين لك',
  'rule.not-in-history_few': 'ليست من آخر {{count}} كلمات مرور لك',
  'rule.not-in-history_many': 'ليست من آخر {{count}} كلمة مرور لك',
  'rule.not-in-history_other': 'ليست من آخر {{count}} كلمة مرور لك',
  'rule.not-breached': 'ليست من كلمات المرور المسرّبة',

  'refusal.password-empty': 'اكتب كلمة مرور جديدة.',
  'refusal.password-repeat-differs': 'كلمتا المرور مختلفتان. اكتبهما مرة أخرى.',
  'refusal.password-unreadable': 'فيها علامة لا يمكن كتابتها، كفاصل الأسطر. اكتبها مرة أخرى.',
  'refusal.password-too-short': 'قصيرة جدًا: طولها {{length}} والحد الأدنى {{min}} من الأحرف. أضف كلمة إليها.',
  'refusal.password-too-long': 'طويلة جدًا: الحد الأقصى {{max}} من الأحرف.',
  'refusal.password-classes-missing.count':
    'فيها {{have}} من هذه الأنواع والمطلوب {{required}}: {{classes}}.',
  'refusal.password-classes-missing.named': 'ما زال ينقصها: {{classes}}.',
  'refusal.password-characters-not-allowed.ascii':
    'بعض ما فيها لا يُستعمل هنا. استعمل أحرفًا لاتينية بلا علامات وأرقامًا وعلامات شائعة ومسافات.',
  'refusal.password-characters-not-allowed.latin-1':
    'بعض ما فيها لا يُستعمل هنا. استعمل أحرف لغات غرب أوروبا وأرقامًا وعلامات شائعة ومسافات.',
  'refusal.password-common': 'يسهل تخمينها: هي في القائمة التي يجربها الجميع أولًا. اختر غيرها.',
  'refusal.password-banned': 'يسهل تخمينها: تكاد لا تحوي إلا كلمات يجربها الجميع هنا. استعمل كلمات أخرى.',
  'refusal.password-too-similar': 'تشبه كلمتك الحالية كثيرًا، ومن يعرف تلك يجرّب هذه بعدها. استعمل كلمات أخرى.',
  'refusal.password-breached': 'سُرّبت كلمة المرور هذه نفسها من مكان آخر، وتلك القوائم تُجرَّب أولًا. اختر غيرها.',
  'refusal.password-unchecked':
    'تعذّر علينا التحقق من كلمة المرور هذه الآن. لم يتغيّر شيء. حاول مرة أخرى بعد دقيقة.',
  'refusal.password-contains-you.username':
    'يسهل تخمينها: هي اسم المستخدم مع إضافة بسيطة. استعمل كلمات لا صلة بينها.',
  'refusal.password-contains-you.name': 'يسهل تخمينها: هي اسمك مع إضافة بسيطة. استعمل كلمات لا صلة بينها.',
  'refusal.password-contains-you.mail':
    'يسهل تخمينها: هي عنوان بريدك الإلكتروني مع إضافة بسيطة. استعمل كلمات لا صلة بينها.',
  'refusal.password-contains-you.organisation':
    'يسهل تخمينها: هي اسم من مكان عملك مع إضافة بسيطة. استعمل كلمات لا صلة بينها.',
  'refusal.password-contains-you.product':
    'يسهل تخمينها: هي عبارة «كلمة المرور» أو اسم ما تفتحه، مع إضافة بسيطة. استعمل كلمات لا صلة بينها.',
  'refusal.password-too-guessable.keyboard-pattern':
    'يسهل تخمينها: المفاتيح متجاورة في صف. استعمل كلمات لا صلة بينها.',
  'refusal.password-too-guessable.repeated-pattern': 'يسهل تخمينها: هي نمط يتكرر. استعمل كلمات لا صلة بينها.',
  'refusal.password-too-guessable.sequence':
    'يسهل تخمينها: هي تسلسل أرقام أو حروف. استعمل كلمات لا صلة بينها.',
  'refusal.password-too-guessable.date': 'يسهل تخمينها: معظمها تاريخ. أضف كلمات لا صلة بينها.',
  'refusal.password-too-guessable.like-common-password':
    'يسهل تخمينها: هي قريبة من كلمة مرور يجربها الجميع. استعمل كلمات لا صلة بينها.',
  'refusal.password-too-guessable.common-words':
    'يسهل تخمينها: هذه الكلمات من أول ما يُجرَّب. أضف كلمات أخرى أقل شيوعًا.',
  'refusal.password-too-guessable.about-you':
    'يسهل تخمينها: معظمها مما يعرفه أي أحد عنك. استعمل كلمات لا صلة بينها.',
  'refusal.password-too-guessable.too-simple': 'يسهل تخمينها. أضف كلمة أو كلمتين من دون صلة بالباقي.',
  'refusal.password-in-history': 'استعملت كلمة المرور هذه من قبل. اختر كلمة مرور جديدة.',
  'refusal.password-in-history.latest_zero': 'هذه من كلمات المرور التي كانت لك. اختر كلمة مرور جديدة.',
  'refusal.password-in-history.latest_one': 'هذه كلمة المرور الأخيرة لك. اختر كلمة مرور جديدة.',
  'refusal.password-in-history.latest_two': 'هذه إحدى كلمتي المرور الأخيرتين لك. اختر كلمة مرور جديدة.',
  'refusal.password-in-history.latest_few': 'هذه من آخر {{count}} كلمات مرور لك. اختر كلمة مرور جديدة.',
  'refusal.password-in-history.latest_many': 'هذه من آخر {{count}} كلمة مرور لك. اختر كلمة مرور جديدة.',
  'refusal.password-in-history.latest_other': 'هذه من آخر {{count}} كلمة مرور لك. اختر كلمة مرور جديدة.',
  'refusal.password-unchanged': 'هذه كلمة مرورك الحالية. سجّل الدخول بها، أو اختر غيرها.',
  'refusal.password-too-young.until': 'غُيّرت قبل وقت قصير. يمكنك تغييرها ثانيةً ابتداءً من {{moment}}.',
  'refusal.password-too-young':
    'لا يقبل دليل الحسابات كلمة مرور أخرى بعد وقت قصير كهذا من الأخيرة. حاول لاحقًا، أو تواصل مع مكتب المساعدة.',
  'refusal.password-too-short-for-directory': 'يطلب دليل الحسابات كلمة مرور أطول. أضف كلمة إليها.',
  'refusal.password-too-weak-for-directory':
    'يطلب دليل الحسابات كلمة مرور أقوى. اجعلها أطول، مع أحرف كبيرة وأرقام وعلامات.',
  'refusal.password-change-not-allowed':
    'لا يسمح دليل الحسابات بكلمة مرور جديدة لهذا الحساب. تواصل مع مكتب المساعدة.',
  'refusal.password-too-long-for-directory':
    'يقبل دليل الحسابات كلمات مرور أقصر فقط. استخدم أحرفًا أقل؛ فالحروف العربية تُحسب أكثر من مرة.',

  'working.title': 'يجري تعيين كلمة مرورك الجديدة',
  'working.lead': 'يستغرق دليل الحسابات بعض الوقت. تتحقق هذه الصفحة من تلقاء نفسها؛ اتركها مفتوحة.',
  'working.look-now': 'التحقق الآن',

  'accepted.title': 'قُبلت كلمة مرورك الجديدة',
  'accepted.not-yet': 'لا تعمل بعد',
  'accepted.lead':
    'يتعذر الوصول الآن إلى دليل الحسابات الخاص بحسابك. ستعمل كلمة المرور الجديدة في موعد أقصاه {{moment}}، ما لم يتعذر تعيينها؛ وسنراسلك بالبريد في الحالتين.',
  'accepted.until': 'ما دامت تلك الرسالة لم تصل فلم يتغير شيء: ما تسجّل به الدخول اليوم يبقى صالحًا.',
  'accepted.mail': 'إن لم يصلك شيء حتى ذلك الحين فابدأ من جديد.',
  'accepted.close': 'يمكنك إغلاق هذه النافذة.',

  'sign-in.title': 'سجّل الدخول لتغيير كلمة المرور',
  'sign-in.lead': 'استخدم كلمة المرور التي لديك الآن.',
  'sign-in.password': 'كلمة المرور',
  'sign-in.submit': 'تسجيل الدخول',
  'sign-in.forgot': 'هل نسيت كلمة المرور؟',
  'sign-in.missing': 'اكتب اسمك وكلمة المرور.',
  'sign-in.refused': 'لم نتمكن من تسجيل دخولك بهذا الاسم وكلمة المرور. تحقق منهما، أو استعد الدخول بالبريد.',
  'sign-in.second-factor': 'كلمة مرورك صحيحة، لكن هذا الحساب يطلب أكثر من كلمة مرور، ولا يمكن تقديم ذلك هنا.',
  'sign-in.session-over': 'انتهت جلستك هنا لأن بعض الوقت قد مضى أو لأن كلمة مرورك تغيّرت. سجّل الدخول من جديد.',
  'sign-in.signed-out': 'تم تسجيل خروجك.',
  'sign-in.lead-provider': 'سجّل الدخول حيث تفعل ذلك دائمًا، ثم تعود إلى هنا.',
  'sign-in.provider': 'تسجيل الدخول عبر {{label}}',
  'sign-in.second-factor-provider':
    'كلمة مرورك صحيحة، لكن هذا الحساب يطلب أكثر من كلمة مرور. استخدم «{{label}}» بدلاً منها.',
  'sign-in.not-finished':
    'استغرق تسجيل الدخول هذا وقتًا طويلاً، أو استُخدم من قبل، أو لم يبدأ من هنا. ابدأ من جديد.',
  'sign-in.no-account': 'نجح تسجيل دخولك، لكننا لم نجد هنا حسابًا له.',
  'sign-in.provider-unreachable':
    'تعذّر الوصول إلى تسجيل دخول المؤسسة. لم يتغيّر شيء. حاول مرة أخرى بعد دقيقة.',
  'change.title': 'تغيير كلمة المرور',
  'change.lead': 'أنت مسجّل الدخول باسم {{identifier}}.',
  'change.current': 'كلمة المرور الحالية',
  'change.current-wrong': 'هذه ليست كلمة مرورك الحالية. اكتبها مرة أخرى.',
  'change.too-late': 'استغرق ذلك وقتًا طويلًا أو أُرسل مرتين. لم يتغيّر شيء. اكتب كلمتي المرور من جديد.',
  'change.keep': 'البقاء مسجّل الدخول هنا',
  'change.sign-out': 'تسجيل الخروج',
  'change.must.directory': 'كلمة مرورك وضعها شخص آخر. اختر كلمة لا يعرفها غيرك.',
  'change.must.expired': 'انتهت صلاحية كلمة مرورك. اختر كلمة جديدة للمتابعة.',
  'change.must.ordered': 'مطلوب منك اختيار كلمة مرور جديدة قبل المتابعة.',
  'change.must.breached':
    'كلمة المرور التي تستخدمها فقدها آخرون، ومن يخمّن يجرّبها أولًا. اختر كلمة جديدة الآن.',
  'change.must.expired-until':
    'انتهت صلاحية كلمة مرورك. تفتح هذه الصفحة حتى {{moment}}: اختر كلمة جديدة الآن.',
  'change.must.weak': 'لم تعد كلمة مرورك تفي بالقواعد الحالية. اختر كلمة جديدة للمتابعة.',
  'change.expires': 'تنتهي صلاحية كلمة مرورك في {{moment}}. يمكنك اختيار كلمة جديدة الآن.',
  'change.found.breached':
    'كلمة المرور التي تستخدمها فقدها آخرون، ومن يخمّن يجرّبها أولًا. الأفضل أن تختار كلمة جديدة.',
  'change.found.weak': 'لم تعد كلمة مرورك تفي بالقواعد الحالية. الأفضل أن تختار كلمة جديدة.',

  'done.title': 'لقد عدت إلى حسابك',
  'done.changed-title': 'غُيّرت كلمة مرورك',
  'done.note': 'كلمة مرورك الجديدة صالحة الآن',
  'done.signed-out': 'سُجِّل خروجك من جميع الأجهزة.',
  'done.other-devices': 'ستطلبها أجهزتك عند تسجيل الدخول في المرة القادمة.',
  'done.lead': 'كتبنا إلى جميع عناوينك، حتى تعلم بالأمر لو لم تكن أنت من فعل ذلك.',
  'done.sign-in': 'تسجيل الدخول إلى {{service}}',
  'done.close': 'سجّل الدخول بكلمة المرور الجديدة حيث كنت. يمكنك إغلاق هذه النافذة.',
  'done.unlocked-title': 'فُتح قفل حسابك',
  'done.unlocked-note': 'كلمة مرورك هي التي كانت لديك',
  'done.unlocked-close': 'سجّل الدخول حيث كنت. يمكنك إغلاق هذه النافذة.',
  'done.not-locked-title': 'لم يكن حسابك مقفلًا',
  'done.not-locked-note': 'لم يتغير شيء',
  'done.not-locked-lead':
    'إذا تعذّر عليك تسجيل الدخول، فربما لم تكن كلمة المرور هي التي تتذكرها. عيّن كلمة مرور جديدة.',

  'second-proof.title': 'لا يكفي البريد وحده هنا',
  'second-proof.way-on': 'لم يغيّر هذا الطلب شيئًا. يستطيع مكتب المساعدة التحقق من هويتك بطريقة أخرى.',

  'because.disabled': 'هذا الحساب موقوف، لذلك لا تُعيَّن له كلمة مرور جديدة ولا يُفتح قفله.',
  'because.federated':
    'تسجّل الدخول إلى هذا الحساب عن طريق مؤسسة أخرى. كلمة مروره محفوظة هناك وليس لدى {{tenant}}؛ استعدها من هناك.',
  'because.federated-at':
    'تسجّل الدخول إلى هذا الحساب عبر «{{provider}}». كلمة مروره محفوظة هناك وليس لدى {{tenant}}.',
  'because.privileged':
    'الحسابات ذات الصلاحيات الواسعة لا تُعيَّن لها كلمة مرور جديدة بالبريد ولا يُفتح قفلها بالبريد.',
  'because.second-factor':
    'يُسجَّل الدخول إلى هذا الحساب بعامل تحقق ثانٍ. لا تغني رسالة بريد عن الاثنين، لذلك يلزم إثبات ثانٍ.',
  'because.disavowed': 'أخبرنا أحدهم أن طلبًا لهذا الحساب لم يصدر عنه. يلزم إثبات ثانٍ لمدة يوم.',
  'because.not-activated':
    'لم يُفعَّل هذا الحساب من قبل. استعمل الدعوة التي أرسلناها، أو اطلب دعوة جديدة ممن دعاك.',

  'ended.expired.title': 'استغرق هذا وقتًا طويلًا',
  'ended.expired.lead': 'تنتهي الطلبات بعد مدة، حتى لا يجد أحد طلبًا مفتوحًا. كلمة مرورك لم تتغير.',
  'ended.superseded.title': 'تم هذا في مكان آخر',
  'ended.superseded.lead':
    'اكتمل طلب أحدث لهذا الحساب، لذلك انتهى هذا الطلب. إذا لم تكن أنت، فاستعمل «لم أكن أنا» في رسالتنا.',
  'ended.disavowed.title': 'أُوقف هذا الطلب',
  'ended.disavowed.lead': 'أخبرنا شخص لديه رسالة من رسائل هذا الحساب أن الطلب لم يصدر عنه.',
  'ended.outcome-unknown.title': 'جرّب كلمة مرورك الجديدة',
  'ended.outcome-unknown.lead':
    'ضاع رد دليل الحسابات، لذلك لا نعلم هل عُيّنت كلمة المرور أم لا. جرّب كلمة المرور الجديدة؛ وإن لم تعمل فابدأ من جديد.',
  'ended.too-many-refusals.title': 'محاولات كثيرة جدًا',
  'ended.too-many-refusals.lead':
    'رُفضت كلمات مرور كثيرة متتالية، لذلك انتهى هذا الطلب. كلمة مرورك لم تتغير. ثلاث كلمات أو أربع لا صلة بينها تكفي في الغالب.',
  'ended.account-unavailable.title': 'لم يقبلها دليل الحسابات',
  'ended.account-unavailable.lead':
    'لا يمكن حاليًا تعيين كلمة مرور جديدة لهذا الحساب. كلمة مرورك لم تتغير. يستطيع مكتب المساعدة معرفة السبب.',
  'ended.ended-by-operator.title': 'أُنهي هذا الطلب',
  'ended.ended-by-operator.lead':
    'أنهى أحد المسؤولين عن الحسابات كل ما كان مفتوحًا لهذا الحساب. لم تتغير هنا أي كلمة مرور.',
  'ended.not-set-in-time.title': 'لم تُعيّن كلمة مرورك الجديدة',
  'ended.not-set-in-time.lead':
    'تعذر الوصول إلى دليل الحسابات في الوقت المحدد، لذلك أُتلفت كلمة المرور التي اخترتها. لم يتغير شيء.',
  'ended.refused-later.title': 'لم يقبلها دليل الحسابات لاحقًا',
  'ended.refused-later.lead':
    'عندما أمكن الوصول إليه من جديد، لم يقبل دليل الحسابات كلمة المرور التي اخترتها. لم يتغير شيء. ابدأ من جديد واختر كلمة مرور أخرى.',

  'disavow.title': 'لم أكن أنا',
  'disavow.lead':
    'هل طلب أحدهم كلمة مرور جديدة لحسابك، أو عيّنها، ولم تكن أنت؟ سننهي كل طلب مفتوح له. وإذا كانت كلمة مرور قد عُيّنت بالفعل، فكلمة المرور التالية تتطلب إثباتًا ثانيًا لمدة يوم.',
  'disavow.landing-lead':
    'سننهي كل طلب مفتوح لحسابك. وإذا كانت كلمة مرور قد عُيّنت بالفعل، فكلمة المرور التالية تتطلب إثباتًا ثانيًا لمدة يوم. يبقى تسجيل الدخول متاحًا لك.',
  'disavow.confirm': 'نعم، لم أكن أنا',
  'disavow.code': 'الرمز الوارد تحت «لم أكن أنا» في رسالتنا',
  'disavow.wrong-code': 'لا نعرف هذا الرمز. قارنه بأحدث رسالة؛ المسافات لا تهم.',
  'disavow.code-unreadable': 'اكتب الرمز الوارد تحت «لم أكن أنا» في رسالتنا.',
  'disavow.link-unusable':
    'هذا الرابط قديم جدًا. إذا كانت لديك رسالة أحدث فاستعملها، أو تواصل مع مكتب المساعدة.',
  'disavow.no-script': 'يحتاج الرابط الذي في الرسالة إلى جافاسكريبت، وهي معطلة هنا. اكتب الرمز الوارد تحته.',

  'disavowed.title': 'شكرًا لك. أوقفنا الطلب',
  'disavowed.note': 'انتهى كل طلب مفتوح لحسابك',
  'disavowed.lead': 'الروابط والرموز المرسلة حتى الآن لم تعد صالحة. كلمة مرورك لم تتغير.',
  'disavowed.lead-changed':
    'الروابط والرموز المرسلة حتى الآن لم تعد صالحة. كانت كلمة المرور قد غُيّرت قبل ذلك؛ وللحصول على كلمة مرور جديدة يلزمك إثبات ثانٍ، فتحدث إلى مكتب المساعدة الآن.',
  'disavowed.next':
    'لمدة يوم، لا تكفي رسالة بريد وحدها لتغيير كلمة مرور هذا الحساب. فُتحت تذكرة لدى مكتب المساعدة.',

  'problem.not-found.title': 'لا توجد صفحة هنا',
  'problem.not-found.lead':
    'ربما كان العنوان ناقصًا. افتح الرابط الذي في الرسالة مرة أخرى، أو ابدأ من الصفحة الأولى.',
  'problem.request-unusable.title': 'لم نتمكن من قراءة ذلك',
  'problem.request-unusable.lead': 'ما وصل إلينا ليس ما ترسله هذه الصفحة. كلمة مرورك لم تتغير. ابدأ من جديد.',
  'problem.form-stale.title': 'بقيت هذه الصفحة مفتوحة مدة طويلة',
  'problem.form-stale.lead': 'لم يتغير شيء. ابدأ من جديد؛ لن يستغرق ذلك سوى دقيقتين.',
  'problem.too-many-requests.title': 'طلبات كثيرة دفعة واحدة',
  'problem.too-many-requests.lead': 'وردت طلبات كثيرة من شبكتك. كلمة مرورك لم تتغير.',
  'problem.directory-unreachable.title': 'تعذّر الوصول إلى دليل الحسابات',
  'problem.directory-unreachable.lead': 'كلمة مرورك لم تتغير، ولم يضع شيء مما فعلته.',
  'problem.directory-not-writable.title': 'لا يمكننا تغيير حسابك حاليًا',
  'problem.directory-not-writable.lead':
    'كلمة مرورك لم تتغير. يلزم إصلاح شيء أولًا: أبلغ مكتب المساعدة، ثم عُد برسالة جديدة.',
  'problem.unavailable.title': 'لا يمكننا فعل ذلك الآن',
  'problem.unavailable.lead': 'كلمة مرورك لم تتغير. القائمون على الخدمة على علم بذلك.',
  'problem.internal.title': 'حدث عطل من جانبنا',
  'problem.internal.lead':
    'ليس هذا خطأك. عُد إلى الصفحة الأولى؛ فهي تعرف أين توقفت. القائمون على الخدمة على علم بذلك.',
  'problem.wait-seconds_zero': 'أعد المحاولة الآن.',
  'problem.wait-seconds_one': 'أعد المحاولة بعد ثانية واحدة.',
  'problem.wait-seconds_two': 'أعد المحاولة بعد ثانيتين.',
  'problem.wait-seconds_few': 'أعد المحاولة بعد {{count}} ثوانٍ.',
  'problem.wait-seconds_many': 'أعد المحاولة بعد {{count}} ثانية.',
  'problem.wait-seconds_other': 'أعد المحاولة بعد {{count}} ثانية.',
  'problem.wait-minutes_zero': 'أعد المحاولة الآن.',
  'problem.wait-minutes_one': 'أعد المحاولة بعد دقيقة واحدة.',
  'problem.wait-minutes_two': 'أعد المحاولة بعد دقيقتين.',
  'problem.wait-minutes_few': 'أعد المحاولة بعد {{count}} دقائق.',
  'problem.wait-minutes_many': 'أعد المحاولة بعد {{count}} دقيقة.',
  'problem.wait-minutes_other': 'أعد المحاولة بعد {{count}} دقيقة.',
  'problem.request-id': 'لمكتب المساعدة: {{requestId}}',
  'problem.back': 'العودة إلى الصفحة',

  'device.named': '{{browser}} على {{system}}',
  'device.desktop-app': 'تطبيق لسطح المكتب',

  'place.named': '{{city}}، {{country}}',

  'mail.when': 'الوقت',
  'mail.account': 'الحساب',
  'mail.device': 'الجهاز',
  'mail.place': 'المكان',
  'mail.unknown-device': 'غير معروف',
  'mail.unknown-place': 'غير معروف',
  'mail.sign-off': 'أُرسلت هذه الرسالة من {{tenant}} إلى العنوان المسجل لهذا الحساب. لا تُعِد توجيهها.',

  'mail.recovery.subject': 'طُلبت كلمة مرور جديدة لدى {{tenant}}',
  'mail.recovery.lead': 'طلب أحدهم كلمة مرور جديدة لحسابك لدى {{tenant}}.',
  'mail.recovery.if-you': 'إذا كنت أنت من طلبها، فافتح هذا الرابط واختر كلمة مرور:',
  'mail.recovery.button': 'اختيار كلمة مرور جديدة',
  'mail.recovery.code': 'أو اكتب هذا الرمز في النافذة التي طلبته منها:',
  'mail.recovery.until': 'الرابط والرمز صالحان لمرة واحدة فقط، حتى {{moment}}.',
  'mail.recovery.until-link': 'الرابط صالح لمرة واحدة فقط، حتى {{moment}}.',
  'mail.recovery.never-told':
    'لن يطلب منك أحد في {{tenant}} هذا الرمز أبدًا: لا بالهاتف ولا بالدردشة. لا تعطه لأحد.',
  'mail.recovery.never-told-link': 'لن يطلب منك أحد في {{tenant}} هذا الرابط أبدًا. لا تعطه لأحد.',
  'mail.recovery.otherwise': 'إذا لم تفعل شيئًا فلن يتغير شيء.',

  'mail.recovery-explained.subject': 'طُلبت كلمة مرور جديدة لدى {{tenant}}',
  'mail.recovery-explained.lead': 'طلب أحدهم كلمة مرور جديدة لحسابك لدى {{tenant}}. لا يمكن تعيينها بالبريد.',

  'mail.password-changed.subject': 'غُيّرت كلمة مرورك',
  'mail.password-changed.lead': 'غُيّرت كلمة مرور حسابك لدى {{tenant}}.',
  'mail.password-changed.if-you':
    'إذا كنت أنت من فعل ذلك، فقد انتهى الأمر: كلمة المرور الجديدة صالحة، والقديمة لم تعد صالحة.',

  'mail.password-unexplained.subject': 'جرّب كلمة مرورك الجديدة',
  'mail.password-unexplained.lead':
    'أُرسلت كلمة مرور جديدة إلى دليل الحسابات الخاص بحسابك لدى {{tenant}}، وضاع الرد.',
  'mail.password-unexplained.try': 'جرّب كلمة المرور الجديدة. إن لم تعمل فابدأ من جديد:',

  'mail.password-accepted.subject': 'كلمة مرورك الجديدة لا تعمل بعد',
  'mail.password-accepted.lead': 'قُبلت كلمة مرور جديدة لحسابك لدى {{tenant}}. لا تعمل بعد.',
  'mail.password-accepted.until':
    'يتعذر الوصول الآن إلى دليل الحسابات الخاص بحسابك. ستعمل كلمة المرور الجديدة في موعد أقصاه {{moment}}، ما لم يتعذر تعيينها؛ وسنراسلك مرة أخرى في الحالتين.',
  'mail.password-accepted.then':
    'ما دامت تلك الرسالة لم تصل فلم يتغير شيء. وإن لم يصلك شيء حتى ذلك الحين فابدأ من جديد.',

  'mail.password-not-set.subject': 'لم تُعيّن كلمة مرورك الجديدة',
  'mail.password-not-set.lead': 'تعذر تعيين كلمة المرور الجديدة لحسابك لدى {{tenant}}.',
  'mail.password-not-set.late': 'تعذر الوصول إلى دليل حسابك في الوقت المحدد، وأُتلفت كلمة المرور.',
  'mail.password-not-set.refused':
    'عندما أمكن الوصول إليه من جديد، لم يقبلها دليل الحسابات: ربما تغيرت قواعده أو تغير الحساب في هذه الأثناء.',
  'mail.password-not-set.unchanged': 'لم يتغير شيء: ما كنت تسجّل به الدخول ما زال صالحًا.',
  'mail.password-not-set.again': 'ابدأ من جديد واختر كلمة مرور جديدة:',

  'mail.disavowed.subject': 'تلقينا بلاغك: «لم أكن أنا»',
  'mail.disavowed.lead': 'أخبرنا شخص لديه رسالة من رسائل حسابك لدى {{tenant}} أن طلبًا لم يصدر عنه.',
  'mail.disavowed.ended': 'انتهى كل طلب مفتوح؛ والروابط والرموز المرسلة حتى الآن لم تعد صالحة.',
  'mail.disavowed.unchanged': 'كلمة مرورك لم تتغير. يمكنك تسجيل الدخول كالمعتاد.',
  'mail.disavowed.next':
    'لمدة يوم، لا تكفي رسالة بريد وحدها لتغيير كلمة مرور هذا الحساب. يمكنك تسجيل الدخول كالمعتاد.',
  'mail.disavowed.help': 'إذا لم تعد كلمة مرورك تعمل، فربما غيّرها شخص آخر: تحدث إلى مكتب المساعدة الآن.',

  'mail.unlock.subject': 'طُلب فتح قفل حسابك لدى {{tenant}}',
  'mail.unlock.lead': 'طلب أحدهم فتح قفل حسابك لدى {{tenant}}.',
  'mail.unlock.if-you': 'إذا كنت أنت من طلب ذلك، فافتح هذا الرابط ثم افتح قفل الحساب:',
  'mail.unlock.button': 'فتح قفل حسابي',
  'mail.unlock-explained.subject': 'طُلب فتح قفل حسابك لدى {{tenant}}',
  'mail.unlock-explained.lead': 'طلب أحدهم فتح قفل حسابك لدى {{tenant}}. لا يمكن ذلك بالبريد.',
  'mail.account-unlocked.subject': 'فُتح قفل حسابك',
  'mail.account-unlocked.lead': 'فُتح قفل حسابك لدى {{tenant}}. كلمة مروره كما كانت من قبل.',
  'mail.account-unlocked.if-you':
    'إذا كنت أنت من فعل ذلك، فقد انتهى الأمر: سجّل الدخول بكلمة المرور التي لديك.',
  'mail.invitation.subject': 'حسابك لدى {{tenant}} في انتظارك',
  'mail.invitation.lead': 'لديك حساب لدى {{tenant}}. تنقصه كلمة المرور الأولى.',
  'mail.invitation.if-you': 'افتح هذا الرابط واختر كلمة مرور:',
  'mail.invitation.button': 'اختيار كلمة مروري',
  'mail.invitation.otherwise': 'إذا لم تكن تتوقع هذه الرسالة فلا تفعل شيئًا. يبقى الحساب مغلقًا.',
  'mail.invited-elsewhere.subject': 'دُعي أحدهم إلى حسابك',
  'mail.invited-elsewhere.lead':
    'دُعي أحدهم إلى تعيين كلمة مرور لحسابك لدى {{tenant}}. أُرسلت الدعوة إلى عنوان غير هذا العنوان.',
  'mail.invited-elsewhere.if-you':
    'إذا كان العنوان الآخر لك فلا يلزمك شيء. وإن لم يكن لك فأخبرنا الآن: تتوقف الدعوة عن العمل.',
  'mail.account-activated.subject': 'حسابك جاهز',
  'mail.account-activated.lead': 'عُيّنت كلمة المرور الأولى لحسابك لدى {{tenant}}.',
  'mail.account-activated.if-you': 'إذا كنت أنت من فعل ذلك، فقد انتهى الأمر: سجّل الدخول بها.',

  'mail.method-added.subject': 'أُعدّت طريقة جديدة لإثبات هويتك',
  'mail.method-added.lead': 'أُعدّت لحسابك لدى {{tenant}} طريقة جديدة لإثبات هويتك:',
  'mail.method-added.if-you': 'إذا كنت أنت من فعل ذلك فلا شيء عليك. تعمل من الآن.',
  'mail.method-removed.subject': 'أُزيلت طريقة لإثبات هويتك',
  'mail.method-removed.lead': 'لم يعد ما يلي يثبت هويتك لحسابك لدى {{tenant}}:',
  'mail.method-removed.if-you': 'إذا كنت أنت من فعل ذلك فلا شيء عليك.',
  'mail.method': 'ما هي',
  'method.totp': 'تطبيق المصادقة',
  'method.recovery_code': 'رموز الاسترداد',

  'mail.disavow.lead': 'إذا لم تكن أنت من فعل ذلك فأخبرنا. تكفي نقرة واحدة من دون تسجيل الدخول:',
  'mail.disavow.button': 'لم أكن أنا',
  'mail.disavow.code': 'أو انتقل إلى {{page}} واكتب هذا الرمز:',

  'mail.change-required.subject': 'تحتاج إلى كلمة مرور جديدة',
  'mail.change-required.lead': 'يجب تغيير كلمة مرور حسابك لدى {{tenant}}.',
  'mail.change-required.how': 'ستُطلب منك كلمة مرور جديدة عند تسجيل دخولك التالي. ويمكنك أيضًا اختيارها الآن:',
  'mail.by-help': 'قام بذلك شخص يتولى أمور الحسابات لدى {{tenant}}.',
  'mail.expires': 'تنتهي في',
  'mail.expired': 'انتهت في',
  'mail.change-button': 'تغيير كلمة مروري',
  'mail.change-forgot': 'لم تعد تعرفها؟ استعد الدخول بالبريد: {{page}}',
  'mail.password-expires.subject': 'تنتهي صلاحية كلمة مرورك قريبًا',
  'mail.password-expires.lead': 'تنتهي قريبًا صلاحية كلمة مرور حسابك لدى {{tenant}}.',
  'mail.password-expires.before': 'اختر كلمة جديدة قبل ذلك. تحتاج لهذا إلى كلمة المرور الحالية:',
  'mail.password-expired.subject': 'انتهت صلاحية كلمة مرورك',
  'mail.password-expired.lead': 'انتهت صلاحية كلمة مرور حسابك لدى {{tenant}}.',
  'mail.password-expired.now': 'اختر كلمة جديدة. تحتاج لهذا إلى كلمة المرور السابقة:',
  'mail.password-expired.until':
    'اختر كلمة جديدة قبل {{moment}}، ما دامت القديمة تعمل في غير هذا المكان. تحتاج لهذا إلى القديمة:',
  'mail.elsewhere.how': 'إذا لم تعد تعمل، فاحصل على كلمة جديدة من هناك:',
  'mail.elsewhere.button': 'الانتقال إلى {{provider}}',

  'targets.title': 'كلمة مرورك الجديدة لا تعمل في كل مكان بعد',
  'targets.lead': 'تم تعيينها، وهي تعمل حيث يُذكر ذلك هنا.',
  'targets.retry': 'انتظر دقيقة ثم اكتبها مرة أخرى، وسنعيد المحاولة مع البقية.',
  'targets.is.waiting': 'ما زالت فيه كلمة المرور القديمة.',
  'targets.is.written': 'كلمة المرور الجديدة تعمل.',
  'targets.is.unreachable': 'تعذّر الوصول إليه، وما زالت فيه كلمة المرور القديمة.',
  'targets.is.refused': 'لم يقبلها، وما زالت فيه كلمة المرور القديمة.',
  'targets.is.not-writable': 'لا يقبل أي تغيير حاليًا، وما زالت فيه كلمة المرور القديمة. أخبر مكتب المساعدة.',
  'targets.is.unknown': 'لم يصل منه رد. جرّب فيه كلمة المرور الجديدة، فإن لم تعمل فالقديمة.',
  'targets.password': 'كلمة المرور الجديدة مرة أخرى',
  'targets.again': 'إعادة المحاولة مع البقية',
  'targets.another': 'ليست هذه كلمة المرور التي عيّنتها للتو. اكتب تلك.',
  'targets.tried': 'حاولنا مرة أخرى للتو: ما زالت لا تعمل في كل مكان.',
  'targets.unreached': 'تعذّر الوصول إلى: {{applications}}.',
  'targets.other': 'البدء من جديد بكلمة مرور أخرى',
  'targets.later':
    'يمكنك أيضًا ترك الأمر كما هو الآن: عندما تعيّن كلمة مرور جديدة في مرة أخرى، تصل إلى الجميع.',
  'targets.next': 'عندما تعيّن كلمة مرور جديدة في مرة أخرى، تصل إلى الجميع.',
  'mail.targets.written': 'الجديدة',
  'mail.targets.unchanged': 'القديمة',
  'mail.targets.unknown': 'غير مؤكد',
  'mail.targets.partly':
    'إن كنت أنت من فعل ذلك: كلمة المرور الجديدة لا تعمل في كل مكان بعد. لتعود إلى كلمة مرور واحدة، عيّن كلمة جديدة هنا: {{page}}',
  'text.recovery': '{{code}} هو رمزك لكلمة مرور جديدة في {{tenant}}. صالح حتى {{time}}. لا تعطه لأحد.',
  'text.unlock': '{{code}} هو رمزك لفتح قفل حسابك في {{tenant}}. صالح حتى {{time}}. لا تعطه لأحد.',
  'text.spoken': 'معك {{tenant}}. رمزك هو {{code}}. مرة أخرى، رمزك هو {{code}}. لا تعطه لأحد.',
}
