import type { Catalogue } from './shape.ts'

/** Everything Rekey says, in Japanese: the same facts as `en.ts`, as plain, in です・ます. */
export const ja: Catalogue = {
  'page.brand': '{{tenant}}のアカウント',
  'page.titled': '{{title}} – {{tenant}}のアカウント',
  'page.titled-problem': 'ご確認ください：{{title}} – {{tenant}}のアカウント',
  'page.demo': 'これはデモです。人物とメールは架空のものです。',
  'page.progress': '進み具合',
  'page.step-who': 'アカウントの指定',
  'page.step-prove': '本人確認',
  'page.step-password': '新しいパスワード',
  'page.step-unlock': 'ロックの解除',
  'page.step-done': '{{step}}：完了',
  'page.help-desk': 'ヘルプデスク：{{helpDesk}}',
  'page.languages': '言語',
  'page.continue': '次へ',
  'page.start-again': '最初からやり直す',
  'page.ask-help-desk': 'ヘルプデスクにお問い合わせください：{{helpDesk}}',
  'page.ask-your-help-desk': 'ご利用のヘルプデスクにお問い合わせください。',

  'start.title': 'アカウントへのアクセスを取り戻す',
  'start.lead': '2分ほどで終わります。ご登録のメールアドレスでメールを受け取れる必要があります。',
  'start.lead-service':
    '{{service}}のための手続きです。2分ほどで終わります。ご登録のメールアドレスでメールを受け取れる必要があります。',
  'start.identifier': 'ユーザー名またはメールアドレス',
  'start.identifier-missing': '先にユーザー名またはメールアドレスを入力してください。',
  'start.identifier-unreadable':
    '長すぎるか、ユーザー名には使われない文字が含まれています。もう一度入力してください。',
  'start.flow-unknown': '以前ここで始めた手続きは、もう開いていません。最初からやり直してください。',
  'start.link-unusable':
    'このリンクは使用済みか、古すぎます。ここから最初からやり直すと、新しいメールをお送りします。',
  'start.no-script':
    'メールのリンクを開きましたか？リンクにはJavaScriptが必要ですが、ここでは無効になっています。申請した画面にメールのコードを入力するか、ここからもう一度申請してください。',
  'start.unlock-title': 'アカウントのロックを解除する',
  'start.unlock-lead':
    '2分ほどで終わります。パスワードは変わりません。ご登録のメールアドレスでメールを受け取れる必要があります。',
  'start.is-locked': 'パスワードはわかるのにロックされている場合：ロックを解除する',
  'start.is-forgotten': 'パスワードがわからない場合：新しいパスワードを決める',
  'start.is-known': 'パスワードがわかる場合：変更する',

  'prove.title': 'メールをご確認ください',
  'prove.lead':
    '該当するアカウントがある場合、登録されたアドレスにたった今メールをお送りしました。メールのリンクを開くか、メールのコードをここに入力してください。どちらも{{time}}まで有効です。',
  'prove.lead-link-only':
    '該当するアカウントがある場合、登録されたアドレスにたった今メールをお送りしました。メールのリンクを開いてください。{{time}}まで有効です。',
  'prove.code': '8桁のコード',
  'prove.wrong-code_other': '最新のメールのコードと違います。あと{{count}}回入力できます。',
  'prove.no-tries-left-title': 'ここではもうコードを使えません',
  'prove.no-tries-left':
    '誤ったコードが何度も入力されました。メールのリンクはまだ有効です。リンクを開いてください。',
  'prove.code-unreadable':
    'コードは「1234 5678」のような8桁の数字です。最新のメールをご確認ください。入力回数には数えていません。',
  'prove.link-unusable': 'このリンクは使用済みか、古すぎます。新しいリンクを申請してください。',
  'prove.sent-again':
    '再送信の申請を受け付けました。該当するアカウントがある場合、新しいメールが届きます。最新のメールをお使いください。',
  'prove.asked-too-soon':
    '先ほど申請を受け付けたばかりです。1分ほど待ち、迷惑メールも確認してから、もう一度送信してください。',
  'prove.mail-delayed':
    '現在、メールの送信が遅れています。申請されたメールは、送信でき次第お送りします。もう一度申請しても早くはなりません。{{time}}までに届かない場合は、最初からやり直してください。',
  'prove.no-more-mails':
    'この手続きでは、これ以上メールを送れません。最新のメールを使うか、ユーザー名の入力からやり直してください。',
  'prove.no-mail': '1分たってもメールが届きませんか？迷惑メールを確認してから、もう一度送信してください。',
  'prove.resend': 'もう一度送信する',
  'prove.other-name': 'ユーザー名が違う場合はやり直す',
  'prove.no-script':
    'メールのリンクにはJavaScriptが必要ですが、ここでは無効になっています。コードをお使いください。',

  'landing.title': 'メールのリンクを開きました',
  'landing.lead': '「次へ」を選び、次のページで新しいパスワードを決めてください。',
  'landing.unlock-lead': '「次へ」を選び、次のページでアカウントのロックを解除してください。',

  'password.title': '新しいパスワードを決めてください',
  'password.lead':
    '{{identifier}}のパスワードです。つながりのない言葉をいくつか並べると、強くて覚えやすくなります。',
  'password.field': '新しいパスワード',
  'password.again': '同じものをもう一度',
  'password.again-hint': 'JavaScriptがないと入力した文字を表示できないため、2回入力していただきます。',
  'password.show': '表示',
  'password.hide': '非表示',
  'password.show-label': 'パスワードを表示する',
  'password.submit': 'パスワードを設定する',
  'password.rules': 'パスワードの条件',
  'password.private-ends-sessions':
    'すべてのデバイスからサインアウトします。{{tenant}}の者があなたのパスワードを目にすることは決してありません。',
  'password.private': '{{tenant}}の者があなたのパスワードを目にすることは決してありません。',
  'password.meter-1': '推測されやすい',
  'password.meter-2': 'まだ推測されやすい',
  'password.meter-3': 'あと少し',
  'password.meter-4': '推測されにくい',

  'unlock.title': 'アカウントのロックを解除する',
  'unlock.lead': '{{identifier}}のロックを解除します。パスワードは変わりません。',
  'unlock.submit': 'ロックを解除する',
  'unlock.instead': '代わりに新しいパスワードを決める',
  'unlock.is-locked':
    'アカウントがロックされています。新しいパスワードを設定すると解除されます。今のパスワードがわかる場合は、そのままにすることもできます：',
  'unlock.keep': 'パスワードを変えずにロックを解除',
  'unlock.not-offered':
    'このアカウントでは、ロックだけを解除することができません。新しいパスワードを設定すると解除されます。',
  'activate.title': 'アカウントを有効にする',
  'activate.lead': '招待のメールが届いています。メールのコードを入力し、最初のパスワードを決めてください。',
  'activate.code': '招待メールのコード',
  'activate.submit': '有効にする',
  'activate.landing-lead': '「次へ」を選び、次のページで最初のパスワードを決めてください。',
  'activate.wrong-code':
    'このコードは正しくないか、もう使えません。最新のメールと見比べてください。空白はあってもかまいません。',
  'activate.link-unusable': 'この招待は使えません。使用済みか、期限切れか、取り消されています。',
  'activate.ask': '招待した方に、新しい招待を依頼してください。',
  'activate.no-script':
    'メールのリンクにはJavaScriptが必要ですが、ここでは無効になっています。リンクの下にあるコードを入力してください。',
  'activate.password-title': '最初のパスワードを決める',
  'activate.done-title': 'アカウントの準備ができました',
  'activate.done-note': 'パスワードが有効になりました',

  'rule.length': '{{min}}文字以上、{{max}}文字以下',
  'rule.any-characters': 'どの文字でも使えます（空白も可）',
  'rule.characters.ascii': '半角の英数字、記号、空白だけを使うこと',
  'rule.characters.latin-1': '西ヨーロッパの言語の文字、数字、一般的な記号、空白だけを使うこと',
  'rule.classes-count': '次のうち{{required}}種類以上を含むこと：{{classes}}',
  'rule.classes-named': '{{classes}}を含むこと',
  'class.lowercase': '小文字',
  'class.uppercase': '大文字',
  'class.digit': '数字',
  'class.other': 'その他の記号や空白',
  'rule.not-common': '誰もが試すパスワードではないこと',
  'rule.not-about-you': 'お名前、アドレス、{{tenant}}ではないこと',
  'rule.not-banned': 'ここで禁止されている言葉だけでできていないこと',
  'rule.hard-to-guess': '辞書を使っても推測されにくいこと',
  'rule.not-similar': '今のパスワードを少し変えただけではないこと',
  'rule.not-too-soon_other': '前回の変更から{{count}}時間以上たっていること',
  'rule.not-in-history_other': 'これまでの直近{{count}}個のパスワードではないこと',
  'rule.not-breached': '他のサービスから流出したものではないこと',

  'refusal.password-empty': '新しいパスワードを入力してください。',
  'refusal.password-repeat-differs': '2つの入力が一致しません。両方とももう一度入力してください。',
  'refusal.password-unreadable': '改行など、入力できない文字が含まれています。もう一度入力してください。',
  'refusal.password-too-short':
    '短すぎます。{{min}}文字以上必要ですが、{{length}}文字です。言葉を足してください。',
  'refusal.password-too-long': '長すぎます。{{max}}文字以下にしてください。',
  'refusal.password-classes-missing.count':
    '次のうち{{required}}種類が必要ですが、{{have}}種類です：{{classes}}。',
  'refusal.password-classes-missing.named': '{{classes}}が足りません。',
  'refusal.password-characters-not-allowed.ascii':
    'ここでは使えない文字が含まれています。半角の英数字、記号、空白を使ってください。',
  'refusal.password-characters-not-allowed.latin-1':
    'ここでは使えない文字が含まれています。西ヨーロッパの言語の文字、数字、一般的な記号、空白を使ってください。',
  'refusal.password-common':
    '推測されやすいパスワードです。誰もが最初に試す一覧にあります。別のものにしてください。',
  'refusal.password-banned':
    '推測されやすいパスワードです。ここで誰もが試す言葉でほとんどできています。別の言葉を使ってください。',
  'refusal.password-too-similar':
    '今のパスワードに似すぎています。今のものを知っている人が次に試します。別の言葉を使ってください。',
  'refusal.password-breached':
    'このパスワードは他のサービスから流出しています。流出した一覧は最初に試されます。別のものにしてください。',
  'refusal.password-unchecked':
    'このパスワードを今は照合できませんでした。何も変更されていません。1分ほどしてからもう一度お試しください。',
  'refusal.password-contains-you.username':
    '推測されやすいパスワードです。ユーザー名に少し足しただけです。つながりのない言葉を使ってください。',
  'refusal.password-contains-you.name':
    '推測されやすいパスワードです。お名前に少し足しただけです。つながりのない言葉を使ってください。',
  'refusal.password-contains-you.mail':
    '推測されやすいパスワードです。メールアドレスに少し足しただけです。つながりのない言葉を使ってください。',
  'refusal.password-contains-you.organisation':
    '推測されやすいパスワードです。勤務先に関わる名前に少し足しただけです。つながりのない言葉を使ってください。',
  'refusal.password-contains-you.product':
    '推測されやすいパスワードです。「パスワード」という言葉か、サインイン先の名前に少し足しただけです。つながりのない言葉を使ってください。',
  'refusal.password-too-guessable.keyboard-pattern':
    '推測されやすいパスワードです。キーボードの並びどおりです。つながりのない言葉を使ってください。',
  'refusal.password-too-guessable.repeated-pattern':
    '推測されやすいパスワードです。同じものの繰り返しです。つながりのない言葉を使ってください。',
  'refusal.password-too-guessable.sequence':
    '推測されやすいパスワードです。数字やアルファベットの並び順です。つながりのない言葉を使ってください。',
  'refusal.password-too-guessable.date':
    '推測されやすいパスワードです。ほとんどが日付です。つながりのない言葉を足してください。',
  'refusal.password-too-guessable.like-common-password':
    '推測されやすいパスワードです。誰もが試すものに似ています。つながりのない言葉を使ってください。',
  'refusal.password-too-guessable.common-words':
    '推測されやすいパスワードです。早いうちに試される言葉です。もっと珍しい言葉を足してください。',
  'refusal.password-too-guessable.about-you':
    '推測されやすいパスワードです。あなたについて誰でも知っていることがほとんどです。つながりのない言葉を使ってください。',
  'refusal.password-too-guessable.too-simple':
    '推測されやすいパスワードです。つながりのない言葉を1つか2つ足してください。',
  'refusal.password-in-history': '以前に使ったパスワードです。新しいものにしてください。',
  'refusal.password-in-history.latest_other':
    '直近{{count}}個のパスワードのうちの1つです。新しいものにしてください。',
  'refusal.password-unchanged':
    '現在のパスワードと同じです。このパスワードでサインインするか、別のものにしてください。',
  'refusal.password-too-young.until':
    '変更してから間もないため、まだ変更できません。{{moment}}からもう一度変更できます。',
  'refusal.password-too-young':
    '前回の変更から間もないため、ディレクトリで新しいパスワードが受け付けられません。後でもう一度試すか、ヘルプデスクにお問い合わせください。',
  'refusal.password-too-short-for-directory':
    'ディレクトリでは、もっと長いパスワードが必要です。言葉を足してください。',
  'refusal.password-too-weak-for-directory':
    'ディレクトリでは、もっと強いパスワードが必要です。長くして、大文字、数字、記号を混ぜてください。',
  'refusal.password-change-not-allowed':
    'ディレクトリでは、このアカウントに新しいパスワードを設定することが許可されていません。ヘルプデスクにお問い合わせください。',
  'refusal.password-too-long-for-directory':
    'ディレクトリでは、もっと短いパスワードしか使えません。文字を減らしてください。かなや漢字は1文字でも数文字分になります。',

  'working.title': '新しいパスワードを設定しています',
  'working.lead':
    'ディレクトリの応答に時間がかかっています。このページは自動で確認します。開いたままお待ちください。',
  'working.look-now': '今すぐ確認する',

  'accepted.title': '新しいパスワードを受け付けました',
  'accepted.not-yet': 'まだ使えません',
  'accepted.lead':
    '現在、アカウントのディレクトリに接続できません。設定できれば、新しいパスワードは{{moment}}までに使えるようになり、できなかった場合は使えません。どちらの場合もメールでお知らせします。',
  'accepted.until':
    'そのメールが届くまでは何も変わっていません。今お使いのサインイン方法をそのまま使えます。',
  'accepted.mail': 'それまでにメールが届かなければ、最初からやり直してください。',
  'accepted.close': 'このウィンドウは閉じてかまいません。',

  'sign-in.title': 'サインインしてパスワードを変更',
  'sign-in.lead': '現在のパスワードを使ってください。',
  'sign-in.password': 'パスワード',
  'sign-in.submit': 'サインイン',
  'sign-in.forgot': 'パスワードをお忘れですか？',
  'sign-in.missing': 'お名前とパスワードを入力してください。',
  'sign-in.refused':
    'このお名前とパスワードではサインインできませんでした。両方を確かめるか、メールでアクセスを取り戻してください。',
  'sign-in.second-factor':
    'パスワードは正しいのですが、このアカウントにはパスワード以外の確認も必要で、ここでは行えません。',
  'sign-in.session-over':
    '時間がたったか、パスワードが変更されたため、ここではサインアウトしています。もう一度サインインしてください。',
  'sign-in.signed-out': 'サインアウトしました。',
  'sign-in.lead-provider': 'いつもの場所でサインインすると、ここに戻ります。',
  'sign-in.provider': '{{label}}でサインイン',
  'sign-in.second-factor-provider':
    'パスワードは正しいですが、このアカウントにはパスワード以外の確認も必要です。「{{label}}」を使ってください。',
  'sign-in.not-finished':
    'このサインインは時間がかかりすぎたか、すでに使われたか、ここで始めたものではありません。もう一度始めてください。',
  'sign-in.no-account': 'サインインはできましたが、ここには該当するアカウントが見つかりませんでした。',
  'sign-in.provider-unreachable':
    '会社のサインインに接続できません。何も変更されていません。1分後にもう一度お試しください。',
  'change.title': 'パスワードを変更',
  'change.lead': '{{identifier}} としてサインインしています。',
  'change.current': '現在のパスワード',
  'change.current-wrong': '現在のパスワードではありません。もう一度入力してください。',
  'change.too-late':
    '時間がかかりすぎたか、二度送信されました。何も変更されていません。両方のパスワードをもう一度入力してください。',
  'change.keep': 'ここではサインインしたままにする',
  'change.sign-out': 'サインアウト',
  'change.must.directory':
    '今のパスワードはほかの人が設定したものです。ご自分だけが知るパスワードを選んでください。',
  'change.must.expired': 'パスワードの有効期限が切れました。続けるには新しいパスワードを選んでください。',
  'change.must.ordered': '続ける前に、新しいパスワードを選ぶ必要があります。',
  'change.must.breached':
    'お使いのパスワードはほかで漏えいしたもので、攻撃者が最初に試します。今すぐ新しいパスワードを選んでください。',
  'change.must.expired-until':
    'パスワードの有効期限が切れました。{{moment}}まではこのページを開けます。今すぐ新しいパスワードを選んでください。',
  'change.must.weak':
    'お使いのパスワードは現在のルールを満たしていません。続けるには新しいパスワードを選んでください。',
  'change.expires': 'パスワードの有効期限は{{moment}}です。今すぐ新しいパスワードを選ぶこともできます。',
  'change.found.breached':
    'お使いのパスワードはほかで漏えいしたもので、攻撃者が最初に試します。新しいパスワードを選ぶことをお勧めします。',
  'change.found.weak':
    'お使いのパスワードは現在のルールを満たしていません。新しいパスワードを選ぶことをお勧めします。',

  'done.title': 'アカウントをまたお使いいただけます',
  'done.changed-title': 'パスワードが変更されました',
  'done.note': '新しいパスワードが有効になりました',
  'done.signed-out': 'すべてのデバイスからサインアウトしました。',
  'done.other-devices': 'お使いのデバイスでは、次回のサインイン時に新しいパスワードが必要です。',
  'done.lead': 'ご本人でなかった場合に気づけるよう、ご登録のすべてのアドレスにお知らせしました。',
  'done.sign-in': '{{service}}にサインインする',
  'done.close': '元の画面で新しいパスワードを使ってサインインしてください。この画面は閉じてかまいません。',
  'done.unlocked-title': 'ロックを解除しました',
  'done.unlocked-note': 'パスワードはこれまでと同じです',
  'done.unlocked-close': '元の画面でサインインしてください。この画面は閉じてかまいません。',
  'done.not-locked-title': 'アカウントはロックされていませんでした',
  'done.not-locked-note': '何も変更していません',
  'done.not-locked-lead':
    'サインインできない場合は、パスワードが覚えているものと違うかもしれません。新しいパスワードを決めてください。',

  'second-proof.title': 'メールだけでは本人確認ができません',
  'second-proof.way-on':
    'この手続きでは何も変更されていません。ヘルプデスクが別の方法でご本人かどうかを確認できます。',

  'because.disabled':
    'このアカウントは無効になっているため、新しいパスワードの設定もロックの解除もできません。',
  'because.federated':
    'このアカウントには別の組織を通じてサインインします。パスワードは{{tenant}}ではなくその組織で管理されています。そちらで再設定してください。',
  'because.federated-at':
    'このアカウントには「{{provider}}」でサインインします。パスワードは{{tenant}}ではなく、そちらで管理されています。',
  'because.privileged':
    '強い権限を持つアカウントには、メールで新しいパスワードを設定することも、ロックを解除することもできません。',
  'because.second-factor':
    'このアカウントはサインインに2つ目の認証要素を使います。メールだけではその両方の代わりにならないため、追加の本人確認が必要です。',
  'because.disavowed':
    'このアカウントの手続きについて、本人のものではないという連絡がありました。1日間は追加の本人確認が必要です。',
  'because.not-activated':
    'このアカウントはまだ有効になっていません。お送りした招待を使うか、招待した方に新しい招待を依頼してください。',

  'ended.expired.title': '時間がかかりすぎました',
  'ended.expired.lead':
    '開いたままの手続きを誰かに見つけられないよう、手続きは一定時間で終了します。パスワードは変わっていません。',
  'ended.superseded.title': '別の場所で完了しました',
  'ended.superseded.lead':
    'このアカウントのより新しい手続きが完了したため、この手続きは終了しました。お心当たりがなければ、メールの「心当たりがありません」をお使いください。',
  'ended.disavowed.title': 'この手続きは停止されました',
  'ended.disavowed.lead':
    'このアカウントあてのメールをお持ちの方から、本人の手続きではないという連絡がありました。',
  'ended.outcome-unknown.title': '新しいパスワードを試してください',
  'ended.outcome-unknown.lead':
    'ディレクトリからの応答が届かなかったため、設定されたかどうかわかりません。新しいパスワードを試し、使えなければ最初からやり直してください。',
  'ended.too-many-refusals.title': '試した回数が多すぎます',
  'ended.too-many-refusals.lead':
    '続けて多くのパスワードが受け付けられなかったため、この手続きは終了しました。パスワードは変わっていません。つながりのない言葉を3つか4つ並べると、たいてい受け付けられます。',
  'ended.account-unavailable.title': 'ディレクトリで受け付けられませんでした',
  'ended.account-unavailable.lead':
    '現在、このアカウントには新しいパスワードを設定できません。パスワードは変わっていません。理由はヘルプデスクで確認できます。',
  'ended.ended-by-operator.title': 'この手続きは終了しました',
  'ended.ended-by-operator.lead':
    'アカウントの担当者が、このアカウントで進行中だったものをすべて終了しました。ここではパスワードは変更されていません。',
  'ended.not-set-in-time.title': '新しいパスワードは設定されませんでした',
  'ended.not-set-in-time.lead':
    '期限までにディレクトリに接続できなかったため、選んだパスワードは破棄されました。何も変わっていません。',
  'ended.refused-later.title': 'ディレクトリが受け付けませんでした',
  'ended.refused-later.lead':
    '再び接続できたとき、ディレクトリは選んだパスワードを受け付けませんでした。何も変わっていません。最初からやり直し、別のパスワードを選んでください。',

  'disavow.title': '心当たりがありません',
  'disavow.lead':
    'お心当たりのないパスワードの申請や設定が、あなたのアカウントにありましたか？進行中の手続きをすべて終了します。すでにパスワードが設定されていた場合、1日間は次の設定に追加の本人確認が必要です。',
  'disavow.landing-lead':
    'あなたのアカウントの進行中の手続きをすべて終了します。すでにパスワードが設定されていた場合、1日間は次の設定に追加の本人確認が必要です。サインインは引き続きできます。',
  'disavow.confirm': 'はい、心当たりがありません',
  'disavow.code': 'メールの「心当たりがありません」の下にあるコード',
  'disavow.wrong-code':
    'このコードは確認できません。最新のメールと見比べてください。空白の有無は関係ありません。',
  'disavow.code-unreadable': 'メールの「心当たりがありません」の下にあるコードを入力してください。',
  'disavow.link-unusable':
    'このリンクは古すぎます。より新しいメールがあればそれを使うか、ヘルプデスクにお問い合わせください。',
  'disavow.no-script':
    'メールのリンクにはJavaScriptが必要ですが、ここでは無効になっています。リンクの下にあるコードを入力してください。',

  'disavowed.title': 'ありがとうございます。停止しました',
  'disavowed.note': 'あなたのアカウントの進行中の手続きはすべて終了しました',
  'disavowed.lead': 'これまでにお送りしたリンクとコードは、もう使えません。パスワードは変わっていません。',
  'disavowed.lead-changed':
    'これまでにお送りしたリンクとコードは、もう使えません。パスワードはその前に変更されていました。新しいパスワードには追加の本人確認が必要です。今すぐヘルプデスクにご連絡ください。',
  'disavowed.next':
    '1日間は、メールだけではこのアカウントのパスワードを変更できません。ヘルプデスクに問い合わせ票を作成しました。',

  'problem.not-found.title': 'ここにページはありません',
  'problem.not-found.lead':
    'アドレスが途中で切れているかもしれません。メールのリンクをもう一度開くか、最初のページから始めてください。',
  'problem.request-unusable.title': '読み取れませんでした',
  'problem.request-unusable.lead':
    '届いた内容は、このページが送るものと違いました。パスワードは変わっていません。最初からやり直してください。',
  'problem.form-stale.title': 'ページを開いたまま時間がたちすぎました',
  'problem.form-stale.lead': '何も変更されていません。最初からやり直してください。2分ほどで終わります。',
  'problem.too-many-requests.title': 'リクエストが一度に多すぎます',
  'problem.too-many-requests.lead':
    'お使いのネットワークから多くのリクエストがありました。パスワードは変わっていません。',
  'problem.directory-unreachable.title': 'ディレクトリに接続できませんでした',
  'problem.directory-unreachable.lead': 'パスワードは変わっていません。これまでの操作も失われていません。',
  'problem.directory-not-writable.title': '現在アカウントを変更できません',
  'problem.directory-not-writable.lead':
    'パスワードは変わっていません。先に復旧作業が必要です。ヘルプデスクに知らせ、後ほど新しいメールでお手続きください。',
  'problem.unavailable.title': '今は処理できません',
  'problem.unavailable.lead': 'パスワードは変わっていません。運用担当者には連絡済みです。',
  'problem.internal.title': 'こちら側で不具合が起きました',
  'problem.internal.lead':
    'あなたのせいではありません。最初のページに戻ると、途中から続けられます。運用担当者には連絡済みです。',
  'problem.wait-seconds_other': '{{count}}秒後にもう一度お試しください。',
  'problem.wait-minutes_other': '{{count}}分後にもう一度お試しください。',
  'problem.request-id': 'ヘルプデスク用：{{requestId}}',
  'problem.back': 'ページに戻る',

  'device.named': '{{system}}の{{browser}}',
  'device.desktop-app': 'デスクトップアプリ',

  'place.named': '{{country}}、{{city}}',

  'mail.when': '日時',
  'mail.account': 'アカウント',
  'mail.device': 'デバイス',
  'mail.place': '場所',
  'mail.unknown-device': '不明',
  'mail.unknown-place': '不明',
  'mail.sign-off':
    'このアカウントに登録されたアドレスあてに、{{tenant}}がお送りしました。このメールを転送しないでください。',

  'mail.recovery.subject': '{{tenant}}でパスワード再設定の申請がありました',
  'mail.recovery.lead': '{{tenant}}のアカウントについて、パスワード再設定の申請がありました。',
  'mail.recovery.if-you': 'ご本人の場合は、このリンクを開いて新しいパスワードを決めてください：',
  'mail.recovery.button': '新しいパスワードを決める',
  'mail.recovery.code': 'または、申請した画面にこのコードを入力してください：',
  'mail.recovery.until': 'リンクとコードは{{moment}}まで、1回だけ使えます。',
  'mail.recovery.until-link': 'リンクは{{moment}}まで、1回だけ使えます。',
  'mail.recovery.never-told':
    '{{tenant}}の者がこのコードをお尋ねすることは、電話でもチャットでも決してありません。誰にも教えないでください。',
  'mail.recovery.never-told-link':
    '{{tenant}}の者がこのリンクをお尋ねすることは決してありません。誰にも教えないでください。',
  'mail.recovery.otherwise': '何もしなければ、何も変わりません。',

  'mail.recovery-explained.subject': '{{tenant}}でパスワード再設定の申請がありました',
  'mail.recovery-explained.lead':
    '{{tenant}}のアカウントについて、パスワード再設定の申請がありました。メールでは再設定できません。',

  'mail.password-changed.subject': 'パスワードが変更されました',
  'mail.password-changed.lead': '{{tenant}}のアカウントのパスワードが変更されました。',
  'mail.password-changed.if-you':
    'ご本人の場合は、これで完了です。新しいパスワードが有効で、古いものは使えません。',

  'mail.password-unexplained.subject': '新しいパスワードを試してください',
  'mail.password-unexplained.lead':
    '{{tenant}}のアカウントのディレクトリに新しいパスワードを送りましたが、応答が届きませんでした。',
  'mail.password-unexplained.try':
    '新しいパスワードを試してください。使えなければ、最初からやり直してください：',

  'mail.password-accepted.subject': '新しいパスワードはまだ使えません',
  'mail.password-accepted.lead': '{{tenant}}のアカウントの新しいパスワードを受け付けました。まだ使えません。',
  'mail.password-accepted.until':
    '現在、アカウントのディレクトリに接続できません。設定できれば、新しいパスワードは{{moment}}までに使えるようになり、できなかった場合は使えません。どちらの場合も改めてメールでお知らせします。',
  'mail.password-accepted.then':
    'そのメールが届くまでは何も変わっていません。それまでに届かなければ、最初からやり直してください。',

  'mail.password-not-set.subject': '新しいパスワードは設定されませんでした',
  'mail.password-not-set.lead': '{{tenant}}のアカウントの新しいパスワードを設定できませんでした。',
  'mail.password-not-set.late':
    '期限までにアカウントのディレクトリに接続できなかったため、パスワードは破棄されました。',
  'mail.password-not-set.refused':
    '再び接続できたとき、ディレクトリが受け付けませんでした。その間に規則やアカウントが変わった可能性があります。',
  'mail.password-not-set.unchanged': '何も変わっていません。これまでのサインイン方法をそのまま使えます。',
  'mail.password-not-set.again': '最初からやり直し、新しいパスワードを選んでください：',

  'mail.disavowed.subject': '「心当たりがありません」を受け付けました',
  'mail.disavowed.lead':
    '{{tenant}}のアカウントあてのメールをお持ちの方から、本人の手続きではないという連絡がありました。',
  'mail.disavowed.ended':
    '進行中の手続きはすべて終了しました。これまでにお送りしたリンクとコードは、もう使えません。',
  'mail.disavowed.unchanged': 'パスワードは変わっていません。いつもどおりサインインできます。',
  'mail.disavowed.next':
    '1日間は、メールだけではこのアカウントのパスワードを変更できません。いつもどおりサインインできます。',
  'mail.disavowed.help':
    'パスワードが使えなくなっている場合は、ほかの誰かが変更したのかもしれません。今すぐヘルプデスクにご連絡ください。',

  'mail.unlock.subject': '{{tenant}}でアカウントのロック解除の申請がありました',
  'mail.unlock.lead': '{{tenant}}のアカウントについて、ロック解除の申請がありました。',
  'mail.unlock.if-you': 'ご本人の場合は、このリンクを開いてロックを解除してください：',
  'mail.unlock.button': 'ロックを解除する',
  'mail.unlock-explained.subject': '{{tenant}}でアカウントのロック解除の申請がありました',
  'mail.unlock-explained.lead':
    '{{tenant}}のアカウントについて、ロック解除の申請がありました。メールでは解除できません。',
  'mail.account-unlocked.subject': 'アカウントのロックが解除されました',
  'mail.account-unlocked.lead':
    '{{tenant}}のアカウントのロックが解除されました。パスワードはこれまでと同じです。',
  'mail.account-unlocked.if-you': 'ご本人の場合は、これで完了です。今のパスワードでサインインしてください。',
  'mail.invitation.subject': '{{tenant}}のアカウントをご利用ください',
  'mail.invitation.lead': '{{tenant}}にあなたのアカウントがあります。最初のパスワードを設定してください。',
  'mail.invitation.if-you': 'このリンクを開いてパスワードを決めてください：',
  'mail.invitation.button': 'パスワードを決める',
  'mail.invitation.otherwise': 'お心当たりがない場合は、何もしないでください。アカウントは使えないままです。',
  'mail.invited-elsewhere.subject': 'あなたのアカウントへの招待が送られました',
  'mail.invited-elsewhere.lead':
    '{{tenant}}のあなたのアカウントにパスワードを設定するための招待が、このアドレスとは別のアドレスに送られました。',
  'mail.invited-elsewhere.if-you':
    '送り先がご本人のアドレスであれば、何もする必要はありません。そうでなければ、今すぐお知らせください。招待は無効になります。',
  'mail.account-activated.subject': 'アカウントの準備ができました',
  'mail.account-activated.lead': '{{tenant}}のアカウントの最初のパスワードが設定されました。',
  'mail.account-activated.if-you': 'ご本人の場合は、これで完了です。そのパスワードでサインインしてください。',

  'mail.method-added.subject': '本人確認の方法が追加されました',
  'mail.method-added.lead': '{{tenant}}のアカウントに、新しい本人確認の方法が設定されました。',
  'mail.method-added.if-you': 'ご本人の場合は、何もする必要はありません。今から使えます。',
  'mail.method-removed.subject': '本人確認の方法が削除されました',
  'mail.method-removed.lead': '{{tenant}}のアカウントで、次の方法は本人確認に使えなくなりました。',
  'mail.method-removed.if-you': 'ご本人の場合は、何もする必要はありません。',
  'mail.method': '方法',
  'method.totp': '認証アプリ',
  'method.recovery_code': 'リカバリーコード',
  'method.passkey': 'パスキー',
  'proof.use.passkey': 'パスキーを使う',
  'methods.add.passkey': 'パスキーを追加',
  'methods.why.passkey': '指紋、顔、または端末の暗証番号を使います。偽のページでは決して使えません。',
  'methods.synced': '提供元が保管し、すべての端末で使えます',
  'methods.on-device': '1台の端末だけにあります',
  'passkey.lead': '端末が指紋、顔、または暗証番号を求めます。これらが端末の外に出ることはありません。',
  'passkey.make': 'パスキーを作成',
  'passkey.use': 'パスキーで続ける',
  'passkey.try': '試す',
  'passkey.failed': 'うまくいかなかったか、キャンセルされました。もう一度お試しください。',
  'passkey.refused':
    'このパスキーはここでは使えません。このアカウントに設定したパスキーか、別の方法をお使いください。',
  'passkey.no-support': 'このブラウザーはパスキーに対応していません。別のブラウザーをお使いください。',
  'passkey.no-script': 'パスキーにはJavaScriptが必要ですが、ここではオフになっています。',

  'mail.disavow.lead':
    'お心当たりがない場合はお知らせください。サインインは不要で、1回のクリックで済みます：',
  'mail.disavow.button': '心当たりがありません',
  'mail.disavow.code': 'または、{{page}} を開いてこのコードを入力してください：',

  'mail.change-required.subject': '新しいパスワードが必要です',
  'mail.change-required.lead': '{{tenant}}のアカウントのパスワードを変更する必要があります。',
  'mail.change-required.how':
    '次にサインインするときに、新しいパスワードを求められます。今すぐ決めることもできます：',
  'mail.by-help': 'これは、{{tenant}}でアカウントを担当している者が行いました。',
  'mail.expires': '有効期限',
  'mail.expired': '期限切れ',
  'mail.change-button': 'パスワードを変更する',
  'mail.change-forgot': '今のパスワードがわからない場合は、メールで再設定できます：{{page}}',
  'mail.password-expires.subject': 'パスワードの有効期限が近づいています',
  'mail.password-expires.lead': '{{tenant}}のアカウントのパスワードの有効期限が近づいています。',
  'mail.password-expires.before': '期限までに新しいパスワードを選んでください。今のパスワードが必要です：',
  'mail.password-expired.subject': 'パスワードの有効期限が切れました',
  'mail.password-expired.lead': '{{tenant}}のアカウントのパスワードの有効期限が切れました。',
  'mail.password-expired.now': '新しいパスワードを選んでください。これまでのパスワードが必要です：',
  'mail.password-expired.until':
    '{{moment}}までに新しいパスワードを選んでください。それ以降、古いパスワードはほかで使えなくなることがあります。変更には古いパスワードが必要です：',
  'mail.elsewhere.how': '使えなくなった場合は、そちらで新しいパスワードを設定してください：',
  'mail.elsewhere.button': '{{provider}}を開く',

  'targets.title': '新しいパスワードは、まだすべてでは使えません',
  'targets.lead': 'パスワードは設定され、下に示すところで使えます。',
  'targets.retry': '1 分ほど待ってからもう一度入力すると、ほかのところへの設定をやり直します。',
  'targets.is.waiting': 'まだ古いパスワードのままです。',
  'targets.is.written': '新しいパスワードが使えます。',
  'targets.is.unreachable': '接続できず、まだ古いパスワードのままです。',
  'targets.is.refused': '受け付けられず、まだ古いパスワードのままです。',
  'targets.is.not-writable':
    '今は変更を受け付けず、まだ古いパスワードのままです。ヘルプデスクにお知らせください。',
  'targets.is.unknown':
    '応答がありませんでした。まず新しいパスワードを、使えなければ古いパスワードを試してください。',
  'targets.password': '新しいパスワード（もう一度）',
  'targets.again': 'ほかのところをもう一度試す',
  'targets.another': 'これは先ほど設定したパスワードではありません。先ほどのものを入力してください。',
  'targets.tried': 'もう一度試しましたが、まだすべてでは使えません。',
  'targets.unreached': '接続できませんでした：{{applications}}。',
  'targets.other': '別のパスワードで最初からやり直す',
  'targets.later':
    'このままにしておくこともできます。次に新しいパスワードを設定すると、すべてに設定されます。',
  'targets.next': '次に新しいパスワードを設定すると、すべてに設定されます。',
  'mail.targets.written': '新パスワード',
  'mail.targets.unchanged': '旧パスワード',
  'mail.targets.unknown': '不明',
  'mail.targets.partly':
    'ご本人の操作であれば：新しいパスワードは、まだすべてでは使えません。一つのパスワードに揃えるには、こちらで新しく設定してください：{{page}}',
  'text.recovery':
    '{{tenant}}の新しいパスワード用コードは{{code}}です。{{time}}まで有効。誰にも教えないでください。',
  'text.unlock': '{{tenant}}のロック解除用コードは{{code}}です。{{time}}まで有効。誰にも教えないでください。',
  'text.spoken':
    '{{tenant}}です。コードは{{code}}です。もう一度、コードは{{code}}です。誰にも教えないでください。',

  'proof.title': '別の方法で本人確認をする',
  'proof.first-lead': '該当するアカウントがあり、この方法が設定されていれば、メールなしで先へ進めます。',
  'proof.second-title': 'もう1つ確認が必要です',
  'proof.second-lead': '{{need}}つのうち{{have}}つが済みました。次は別の方法で確認してください。',
  'proof.other-ways': 'ほかの方法を使う場合：',
  'proof.no-mailbox': 'メールを見られない場合は、設定済みの別の方法をお使いください：',
  'proof.use.email_code': '送信済みのメールを使う',
  'proof.use.totp': '認証アプリを使う',
  'proof.use.recovery_code': 'リカバリーコードを使う',
  'proof.lost': 'どれも使えませんか？',
  'proof.label.totp': '認証アプリのコード',
  'proof.hint.totp': '30秒ごとに変わる6桁の数字です。',
  'proof.label.recovery_code': 'リカバリーコード（1つ）',
  'proof.hint.recovery_code': '印刷または保存したコードのうちの1つです。どれも1回だけ使えます。',
  'proof.hint.email_code': '最新のメールに書かれています。メールのリンクを開いても同じです。',
  'proof.wrong_other': 'このコードは違うか、使用済みです。あと{{count}}回入力できます。',
  'proof.wrong-now': 'このコードは違うか、使用済みです。別のコードをお試しください。',
  'proof.unreadable.totp': 'コードは「{{example}}」のような6桁の数字です。入力回数には数えていません。',
  'proof.unreadable.recovery_code':
    'リカバリーコードは「{{example}}」のような16文字の英数字です。入力回数には数えていません。',
  'proof.use.sms_code': 'ショートメッセージでコードを受け取る',
  'proof.text-lead': 'アカウントに携帯電話番号が登録されていれば、その番号にコードを送れます。',
  'proof.text-ask': 'ショートメッセージを送信する',
  'proof.hint.sms_code': '最新のショートメッセージに書かれています。有効なのは最長10分です。',
  'proof.text-sent':
    '申請を受け付けました。アカウントに番号が登録されている場合、コードを記載したショートメッセージが届きます。',
  'proof.text-asked-too-soon':
    '先ほど申請を受け付けたばかりです。1分ほど待ってから、もう一度お試しください。',
  'proof.text-no-more-mails': 'この手続きでは、これ以上メッセージを送れません。最初からやり直してください。',
  'proof.unreadable.sms_code': 'コードは「{{example}}」のような8桁の数字です。入力回数には数えていません。',
  'proof.too-many-tries': '入力回数が多すぎます。しばらく待つか、別の方法をお使いください。',
  'proof.no-tries-left': '誤ったコードが何度も入力されました。やり直すか、ヘルプデスクにお尋ねください。',
  'demand.risk': 'この手続きは普段のご利用と様子が異なるため、追加の本人確認が必要です。',

  'demand.policy': '{{tenant}}では、このアカウントに2つ以上の確認が必要です。',
  'demand.enrolled': '本人確認の方法を追加で設定しているため、1つだけでは足りません。',

  'sign-in.step-title': 'あと1つ確認があります',
  'sign-in.step-lead': 'パスワードは確認できました。続けて、別の方法で確認してください。',
  'sign-in.cancel': '中止してサインアウトする',
  'sign-in.again':
    '本人確認の方法を変更するには、サインインし直す必要があります。もう一度サインインしてください。',
  'sign-in.just-title': 'サインインしてください',

  'methods.title': '本人確認の方法',
  'methods.lead': 'サインインを守り、パスワードやメールが使えなくなったときに元に戻すためのものです。',
  'methods.none': 'まだ何も設定されていません。',
  'methods.since': '設定：{{moment}}',
  'methods.used': '最後に使用：{{moment}}',
  'methods.unused': 'まだ使われていません',
  'methods.left_other': '残り{{count}}個',
  'methods.waits': 'アカウントの回復には{{moment}}から使えます。サインインにはすでに使えます。',
  'methods.add.totp': '認証アプリを追加する',
  'methods.add.recovery_code': 'リカバリーコードを作成する',
  'methods.why.totp': 'コードを表示するスマートフォンのアプリです。通信できなくても使えます。',
  'methods.why.recovery_code': 'スマートフォンをなくしたときのために印刷しておく、10個のコードです。',
  'methods.nudge': '本人確認の方法をもう1つ設定する',
  'methods.change-password': 'パスワードを変更する',
  'methods.said.added': '設定が完了し、すでに有効です。ご登録のすべてのアドレスにお知らせしました。',
  'methods.said.removed': '削除しました。ご登録のすべてのアドレスにお知らせしました。',
  'methods.said.renamed': '新しい名前を保存しました。',
  'methods.said.unknown': 'お探しのものはもうありません。現在あるのは次のとおりです。',
  'methods.said.too-many': 'これ以上は追加できません。先にどれかを削除してください。',
  'methods.said.shown': 'コードの表示は1回だけです。控えていない場合は、新しいコードを作成してください。',
  'methods.back': '一覧に戻る',

  'set-up.title': '認証アプリを追加する',
  'set-up.lead': 'アプリでこれを読み取り、表示されたコードを入力してください。',
  'set-up.picture': '認証アプリ用の二次元コード',
  'set-up.key': 'または、次のキーをアプリに入力してください：',
  'set-up.open': 'この端末のアプリで開く',
  'set-up.code': 'アプリに表示されたコード',
  'set-up.wrong':
    '現在アプリに表示されているコードと違います。次のコードを待ち、端末の時計が正しいか確認してください。',
  'set-up.name': '名前（入力しなくてもかまいません）',
  'set-up.name-hint': '例：「青いスマートフォン」。ご本人にだけ表示されます。',
  'set-up.submit': '完了する',
  'set-up.not-now': '今はしない',

  'codes.title': 'あなたのリカバリーコード',
  'codes.lead':
    'スマートフォンやメールの代わりに、それぞれ1回使えます。印刷するか書き写し、ご本人だけが見る場所に保管してください。',
  'codes.once': '表示されるのは今だけです。以前のコードはもう使えません。',
  'codes.of': '{{tenant}}のアカウント、{{moment}}',
  'codes.print': '印刷する',
  'codes.save': 'ファイルに保存する',
  'codes.kept': '控えました',

  'method.name': '名前',
  'method.rename': '名前を保存する',
  'method.try': '試してみる',
  'method.try-spends': '試したコードは使用済みになります。',
  'method.works': '使えることを確認しました。',
  'method.works-other': 'このコードは使えますが、設定済みの別のもののコードです。',
  'method.renew': '新しいコードを作成する',
  'method.renew-says': '新しいコードを作成すると、お手元のコードは使えなくなります。',
  'method.remove': '削除する',
  'remove.title': '削除しますか？',
  'remove.lead': '今後、次のものは本人確認に使えません：{{name}}。ご登録のすべてのアドレスにお知らせします。',
  'remove.last': 'ほかにサインインを守るものがありません。削除後はパスワードだけでサインインできます。',
  'remove.confirm': 'はい、削除します',
  'remove.keep': '残しておく',

  'work.needed':
    '現在、通常より利用が集中しています。そのため、先にブラウザーが短い計算を行います。もう一度送信してください。お客様が解くものはありません。',
  'work.no-script': 'お使いのブラウザーではスクリプトが動かないため、計算の代わりにお待ちいただきます。',
  'work.doing': '先にブラウザーが短い計算を行っています。数秒かかります。',
}
