/** What has to be built before an attack means anything here. */
export type Capability =
  | 'enrolment of proofs'
  | 'operators with roles'
  | 'sessions'
  | 'sign-in through another provider'
  | 'the help desk'
  | 'a client at the logon screen'

export interface Attack {
  /** Stands in brackets in the titles of the tests that replay the attack. */
  row: number
  /** Where it happened: CVE or advisory ids, or the name under which it is known. */
  known: string
  /** What goes wrong, in one sentence. */
  mechanism: string
  /** Set when nothing here can be attacked like this yet, with the reason; then no test has the number. */
  waitsFor?: { capability: Capability; because: string }
}

const attack = (row: number, known: string, mechanism: string): Attack => ({ row, known, mechanism })
const later = (
  row: number,
  known: string,
  mechanism: string,
  capability: Capability,
  because: string,
): Attack => ({ row, known, mechanism, waitsFor: { capability, because } })

/**
 * Attacks on recovery that happened to somebody, numbered. Numbers are never used again: gaps are attacks that were
 * merged into others.
 */
export const attacks: readonly Attack[] = [
  attack(1, 'CVE-2023-7028', 'One request names two mailboxes, and the mail goes to the second.'),
  attack(2, 'CVE-2019-19844', 'Case folding finds the victim, and the mail goes to what was typed.'),
  attack(3, 'dotless i, 2016', 'A letter that only looks the same folds to the victim’s name.'),
  attack(4, 'CVE-2024-27295', 'The database thinks that accented and plain letters are equal.'),
  attack(6, 'splitting the e-mail atom, 2024', 'Two parsers read one address as two different mailboxes.'),
  attack(10, 'CVE-2021-3754', 'A stranger’s user name is the victim’s mail address.'),
  attack(11, 'CVE-2017-18908', 'The request says where the mail shall go.'),
  attack(12, 'CVE-2023-49032', 'The request says which telephone gets the code.'),
  attack(
    13,
    'CVE-2024-1525',
    'A person of an outside directory resets a local password and passes the directory by.',
  ),
  attack(
    14,
    'CVE-2025-58065',
    'The reset works on accounts whose password lives elsewhere, although no page offers it.',
  ),
  attack(16, 'CVE-2019-18411', 'A request that another site forges changes what recovery relies on.'),
  attack(17, 'CVE-2022-46145', 'A person takes over what belongs to somebody else while enrolling.'),
  later(
    18,
    'CVE-2025-66391',
    'An operator who may only read starts a reset and gets its code.',
    'operators with roles',
    'The console starts nothing, and whoever is in sees the same.',
  ),
  attack(19, 'CVE-2026-18963', 'Another way is asked for, and the step that was left counts as done.'),
  attack(22, 'Keycloak issue 37231', 'One link is opened in two browsers, and both set a password.'),
  attack(25, 'CVE-2020-26061', 'The last step is called first.'),
  attack(26, 'CVE-2010-3272, CVE-2010-3273', 'Hidden fields say which steps were done.'),
  attack(
    27,
    'CVE-2021-24655, CVE-2022-43326, CVE-2022-3930',
    'The proof is mine, the account in the request is yours.',
  ),
  attack(
    28,
    'LTB Self Service Password issues 24, 520',
    'The account is swapped between the proof and the password.',
  ),
  attack(29, 'PWM issue 556', 'A token of one person’s flow is taken in another’s.'),
  attack(30, 'JVN 49995005', 'Two flows in one browser are mixed up.'),
  attack(33, 'CVE-2024-11717', 'A token for one purpose opens the door of another.'),
  attack(34, 'CVE-2023-48220', 'An invitation that ran out is accepted by a reset.'),
  attack(35, 'CVE-2021-32648', 'A token of another type passes the comparison.'),
  attack(36, 'CVE-2026-31881', 'While an operator’s window is open, anybody may go through it.'),
  attack(38, 'CVE-2023-46249', 'The first administrator can be set up a second time.'),
  attack(
    39,
    'CVE-2022-22111, CVE-2025-47713, CVE-2026-26368',
    'A password of somebody with more rights is reset.',
  ),
  attack(40, 'CVE-2018-1057', 'The service’s account writes passwords that it should not.'),
  attack(41, 'CVE-2026-56276', 'A field that no form has is stored all the same.'),
  attack(42, 'CVE-2025-61928', 'Without a session, the account named in the body counts.'),
  attack(43, 'CVE-2024-6914', 'An older or second API does without the proof.'),
  attack(
    45,
    'CVE-2026-41276',
    'An account that never asked has an empty token, and an empty token matches it.',
  ),
  attack(
    46,
    'CVE-2017-7615, CVE-2025-22144, CVE-2015-6928, CVE-2019-16109',
    'Null, nothing and blank count as a token.',
  ),
  attack(47, 'CVE-2016-6317, CVE-2013-0233', 'A list or an object changes the question to the database.'),
  attack(48, 'CVE-2026-30941', 'An operator of the query language guesses the token letter by letter.'),
  attack(51, 'CVE-2018-12421', 'An answer of the directory that is no success is taken for one.'),
  attack(
    52,
    'unauthenticated bind (RFC 4513, 5.1.2)',
    'A bind with an empty password succeeds and proves nothing.',
  ),
  attack(
    53,
    'CVE-2024-37393, CVE-2025-52575, CVE-2020-9495, CVE-2023-28853',
    'A name is read as a piece of an LDAP filter.',
  ),
  attack(55, 'CVE-2025-59934', 'A token is read and its signature is not checked.'),
  attack(56, 'CVE-2026-45631', 'The service starts with a key that everybody knows.'),
  attack(57, 'CVE-2021-28958, CVE-2022-28810', 'A new password reaches a shell.'),
  attack(
    58,
    'CVE-2020-7769, CVE-2021-23400, CVE-2025-8419, CVE-2026-30227, CVE-2009-1469',
    'An address is read as an option, a header or an SMTP command.',
  ),
  attack(59, 'CVE-2025-14874', 'An address is nested so deeply that parsing it ends the process.'),
  attack(
    60,
    'CVE-2022-1274, CVE-2026-12724, CVE-2021-24359, CVE-2024-7472',
    'A genuine mail carries a stranger’s text.',
  ),
  attack(62, 'CVE-2017-8295', 'The Host header becomes the sender, and the bounce carries the link.'),
  attack(
    63,
    'CVE-2023-49097, CVE-2025-48936, CVE-2025-64101',
    'A forwarding header becomes the host of the link.',
  ),
  attack(64, 'CVE-2026-34198', 'Every peer is believed to be the proxy.'),
  attack(
    65,
    'CVE-2026-42606, CVE-2022-29933, CVE-2025-52560, CVE-2026-26747, CVE-2023-53958, CVE-2025-62709',
    'No address is configured, so the request’s is used.',
  ),
  attack(68, 'GHSA-x3f4-v83f-7wp2, CVE-2017-9303', 'The request says where the token shall go.'),
  attack(
    69,
    'CVE-2025-27143, CVE-2021-23435, CVE-2026-40295, CVE-2024-7260',
    'A redirect leads to another site.',
  ),
  attack(70, 'CVE-2026-34751', 'Further fields of the request steer what is mailed.'),
  attack(
    72,
    'CVE-2016-9450, CVE-2018-6889, CVE-2025-23001',
    'A cache keeps a page that was made for somebody else.',
  ),
  attack(73, 'web cache deception', 'An address that looks like a picture makes a cache keep the page.'),
  attack(74, 'CVE-2019-20060', 'The token stands in the address, and the address is told to others.'),
  attack(75, 'CVE-2022-36045', 'Secrets come from a generator whose state can be computed.'),
  attack(
    77,
    'CVE-2022-29174, CVE-2019-19735, CVE-2025-3895, CVE-2024-6890, CVE-2018-7195, CVE-2018-16988',
    'A token is made from the time and the name.',
  ),
  attack(
    78,
    'CVE-2024-12039, CVE-2023-43650, CVE-2023-3222, CVE-2025-1570, CVE-2024-9302, CVE-2024-9305',
    'A short code may be guessed as often as one likes.',
  ),
  attack(79, 'CVE-2025-64102, CVE-2024-32868', 'The limit is off by default, or missing in a newer API.'),
  attack(
    80,
    'CVE-2024-4629, CVE-2019-5421, CVE-2021-20251, CVE-2026-14254',
    'Guesses at the same time overtake the counter.',
  ),
  attack(81, 'reset race, 2019', 'Guesses come from thousands of addresses at once.'),
  attack(82, 'CVE-2025-24806', 'Every spelling of a name has tries of its own.'),
  attack(
    84,
    'CVE-2020-35590, CVE-2019-17240, CVE-2022-4533, CVE-2023-36456, CVE-2019-9733',
    'A header chooses the address that is counted.',
  ),
  attack(88, 'CVE-2026-25043, CVE-2023-25171, CVE-2020-27423, CVE-2016-11069', 'A mailbox is flooded.'),
  attack(89, 'toll fraud', 'Codes are sent to numbers that earn by it.'),
  attack(90, 'CVE-2023-33291', 'A code is sent to whatever address the request names.'),
  attack(
    91,
    'CVE-2013-5750, CVE-2014-9034, CVE-2015-2936, CVE-2020-8202, CVE-2026-24458',
    'A password of megabytes keeps the service busy.',
  ),
  attack(93, 'lock-out as denial of service', 'A stranger’s failures lock the owner out.'),
  attack(
    94,
    'GHSA-r3xq-68wh-gwvh, CVE-2024-48322',
    'A token is looked at, used and deleted: two at once both use it.',
  ),
  attack(
    95,
    'CVE-2016-11074, CVE-2020-27422, CVE-2026-28268, CVE-2018-16529, CVE-2023-31287',
    'A link works again after it was used.',
  ),
  attack(
    96,
    'CVE-2022-36106, CVE-2023-1976, CVE-2026-52809',
    'A link works for ever, or the setting is not the one that is read.',
  ),
  attack(97, 'CVE-2023-3591', 'The older link works beside the newer.'),
  attack(99, 'tokens that outlive a change', 'A token lives on after what it was made for has changed.'),
  attack(
    101,
    'CVE-2026-34828, CVE-2022-23502, CVE-2025-71335, CVE-2024-13996, CVE-2025-57766, CVE-2023-49804',
    'Whoever was in before the reset still is.',
  ),
  later(
    102,
    'CVE-2026-43911, CVE-2021-41268, CVE-2024-21635, CVE-2015-8314',
    'Remembered sign-ins and API tokens survive a reset.',
    'sessions',
    'Rekey signs nobody in and knows no session yet; its own flows and links are row 101.',
  ),
  later(
    103,
    'insecure default of a library',
    'Ending sessions is an option that is off.',
    'sessions',
    'There is no session to end; there is no option for what row 101 ends.',
  ),
  attack(
    105,
    'CVE-2024-2913, CVE-2026-20779, CVE-2021-45331, CVE-2015-7225, CVE-2025-6014, CVE-2024-41800',
    'One code is used twice, by two requests at once.',
  ),
  attack(107, 'mail scanners', 'A program that looks at links uses them up.'),
  attack(109, 'CVE-2024-21654', 'The mailbox alone brings back an account with a second factor.'),
  attack(110, 'CVE-2021-3827, CVE-2025-6013', 'Another way in does not ask for the second factor.'),
  attack(111, 'CVE-2024-45042', 'Two proofs of one kind count as two factors.'),
  attack(113, 'CVE-2020-1744', 'Wrong codes of the second step are not counted.'),
  attack(114, 'CVE-2021-3632', 'Anybody registers the first passkey of an account.'),
  attack(115, 'factors lost by a reset', 'A reset takes the second factor away with the password.'),
  later(
    116,
    'calls to the help desk, 2023 to 2025',
    'A caller who knows dates of birth gets password and factor moved.',
    'the help desk',
    'No operator can do anything for a caller.',
  ),
  attack(118, 'truncated passwords', 'Only the beginning of a password counts.'),
  attack(
    120,
    'CVE-2025-58434, CVE-2026-26273, CVE-2020-14930, CVE-2023-2706',
    'The answer carries the secret.',
  ),
  attack(
    121,
    'CVE-2022-30617, CVE-2023-22894, CVE-2023-36472, CVE-2024-56143, CVE-2019-18818, CVE-2024-5386',
    'A filter over other fields tells a token letter by letter.',
  ),
  attack(
    122,
    'CVE-2024-34082, CVE-2025-66300, CVE-2020-13873',
    'Whoever reads the disk or the database reads tokens.',
  ),
  attack(123, 'CVE-2020-35234, CVE-2023-6875, CVE-2025-7371', 'A log holds links or passwords.'),
  attack(124, 'CVE-2026-6345, CVE-2025-11794, CVE-2024-5213', 'The answer carries a hash or a new secret.'),
  attack(
    125,
    'CVE-2017-5865, CVE-2020-28208, CVE-2022-22120, CVE-2022-39307, CVE-2026-23511, CVE-2026-45294, CVE-2021-20147, CVE-2025-54791',
    'Status or words tell who has an account.',
  ),
  attack(
    126,
    'CVE-2019-19805, CVE-2022-40482, CVE-2025-6011, SS-2017-005',
    'The time of an answer tells who has an account.',
  ),
  attack(129, 'CVE-2025-54390, CVE-2023-34927', 'Another site sends the form.'),
  attack(
    130,
    'login CSRF, cookie tossing',
    'A stranger’s flow is put into the victim’s hands, or the victim’s click proves the stranger’s flow.',
  ),
  attack(
    131,
    'CVE-2021-36760, CVE-2025-27506, CVE-2021-27909, CVE-2026-6493, CVE-2022-24681',
    'Something that was sent comes back as markup.',
  ),
  attack(132, 'clickjacking', 'The page is shown in a frame, under something else.'),
  attack(134, 'request smuggling', 'Proxy and service disagree about where a request ends.'),
  attack(
    135,
    'CVE-2021-40539',
    'An address is written in a way that the guard reads differently from the router.',
  ),
  attack(
    136,
    'CVE-2021-37421, CVE-2021-37424, CVE-2019-7162, CVE-2020-11552',
    'An administrator’s door can be reached from the network.',
  ),
  later(
    137,
    'CVE-2018-5353, CVE-2023-35719, CVE-2018-5354, CVE-2019-12476',
    'The logon screen trusts any server.',
    'a client at the logon screen',
    'There is no such client.',
  ),
  attack(139, 'CVE-2021-37420, CVE-2016-10073', 'The request chooses the sender.'),
  attack(
    140,
    'CVE-2021-27214, CVE-2021-37419, GHSA-5rr4-8452-hf4v',
    'The service is made to fetch an address of the stranger’s choice.',
  ),
  later(
    142,
    'CVE-2022-47966, CVE-2024-45409',
    'A forged or hostile SAML answer is read.',
    'sign-in through another provider',
    'Nothing here reads XML.',
  ),
  attack(143, 'CVE-2020-1758', 'The mail server’s name is not verified.'),
  attack(144, 'GHSA-4w46-w44m-3jq3', 'The directory connector keeps a readable password.'),
  attack(145, 'CVE-2022-41933', 'A password that is set by a reset is kept readable.'),
  attack(146, 'CVE-2024-49370', 'A password that is set on the portal is kept readable.'),
  attack(147, 'CVE-2025-63800', 'An empty password is set.'),
  attack(148, 'CVE-2025-32967', 'A password changes and the log does not say so.'),
  attack(150, 'CVE-2020-11063, PYSEC-2014-62', 'An account that may not change its password does.'),
  attack(160, 'password spraying', 'A guesser has the lock lifted that keeps him from guessing on.'),
  attack(161, 'replayed unlock', 'One proof lifts lock after lock.'),
  attack(162, 'unlock turned into reset', 'A proof that was given for a lock sets a password.'),
  attack(163, 'unlock after disavowal', 'A flow that its owner has ended lifts a lock all the same.'),
  attack(170, 'replayed invitation', 'One invitation is accepted twice, or by two at once.'),
  attack(171, 'withdrawn invitation', 'An invitation that was taken back or replaced is accepted.'),
  attack(172, 'forged invitation', 'An invitation that nobody sent is accepted.'),
  attack(173, 'prefetched invitation', 'A mail scanner that opens links uses the invitation up.'),
  attack(
    180,
    'brute force',
    'Passwords are guessed at the change form, beside the sign-in page and its limits.',
  ),
  attack(181, 'user enumeration', 'The sign-in tells who exists, who is locked and who is disabled.'),
  attack(182, 'replayed action token', 'The right to begin one change begins two, or that of somebody else.'),
  attack(183, 'CWE-620', 'A password is changed without the one that it replaces.'),
  attack(184, 'session fixation, stale session', 'A session works for another, or after it has ended.'),
  attack(185, 'login CSRF', 'Another site signs somebody in or out, or sends the change.'),
  attack(186, 'CWE-287', 'A proof that was given for something else opens a change.'),
  attack(
    190,
    'operators’ API without a key',
    'A call without a key, or with a wrong one, reaches an account.',
  ),
  attack(191, 'operators’ API over tenants', 'The key of one organisation opens the accounts of another.'),
  attack(
    192,
    'rights that grow',
    'A key that may look changes something, by another method, field or address.',
  ),
  attack(193, 'self-approval', 'Whoever asked for a dangerous thing says yes to it.'),
  attack(194, 'bait and switch', 'What was agreed to is another thing by the time that it is done.'),
  attack(195, 'replayed approval', 'A yes is sent again, and counts again.'),
  attack(
    196,
    'idempotency key of another',
    'A repeat with another content is done, or reads an answer that is not its own.',
  ),
  attack(197, 'DNS rebinding', 'A page’s name suddenly points at the operators’ API.'),
  attack(
    198,
    'a browser that is signed in',
    'A page of another site uses the operator’s cookie on the operators’ API.',
  ),
  attack(200, 'login CSRF (RFC 6749 section 10.12)', 'A victim is signed in as the stranger.'),
  attack(201, 'code injection (RFC 9700 section 4.5)', 'A stolen code signs the thief in.'),
  attack(202, 'mix-up (RFC 9700 section 4.4)', 'The answer of one provider is taken for another’s.'),
  attack(203, 'code replay (RFC 6749 section 4.1.2)', 'One answer begins session after session.'),
  attack(204, 'CVE-2015-9235', 'A token counts that is signed with nothing, or with what others know.'),
  attack(205, 'nOAuth', 'An address that anybody can enter at the provider names the account.'),
  attack(206, 'a session left open at the provider', 'Whoever sits down at the browser is signed in.'),
  attack(
    207,
    'password history as an oracle',
    'Whoever may try new passwords learns from their refusals which one somebody had.',
  ),
  attack(
    210,
    'password oracle',
    'The check while somebody types tells old and lost passwords, or tells strangers.',
  ),
  attack(
    211,
    'refusals without end',
    'Sending guess after guess finds out a password that is in use or was lost.',
  ),
  attack(212, 'CWE-770', 'Checks of passwords without end keep the service busy.'),
  attack(213, 'CWE-602', 'A rule holds in the page, and not where the password is written.'),
  attack(220, 'CWE-89', 'What is typed, or a name of the configuration, becomes part of a statement in SQL.'),
  attack(
    230,
    'CWE-943',
    'What is typed, or a key, becomes part of a filter or of the address of a resource.',
  ),
  attack(231, 'CWE-918', 'A directory over HTTP sends us to another address, with what we show it.'),
  attack(232, 'CWE-770', 'The answer of a directory has no end, and takes all memory.'),
  attack(
    233,
    'CWE-532',
    'A directory repeats a password in what it answers, and it comes to stand in a log.',
  ),
  attack(
    234,
    'referral (RFC 4511 section 4.1.10)',
    'A directory sends us to a server that nobody configured, and a password goes there.',
  ),
  attack(
    235,
    'a mailbox that two people read',
    'Whoever reads the mails gets the rest from who has the telephone.',
  ),
  attack(
    236,
    'a factor of the thief',
    'What was enrolled with a stolen password stays when its owner says so, and locks the owner out.',
  ),
  attack(237, 'CWE-312', 'Seeds and codes lie where somebody reads them.'),
  attack(
    240,
    'phishing in real time (WebAuthn level 3 section 13.4.9)',
    'What a passkey signed for another site, or without asking its holder, is passed on.',
  ),
  attack(
    241,
    'CWE-294',
    'An answer of a passkey counts twice, for another flow or person, or long after it was asked for.',
  ),
  attack(242, 'a copied authenticator', 'A copy of a passkey, or one that was removed, lets somebody in.'),
  attack(250, 'CAPTCHA replay', 'One solved challenge lets in request after request.'),
  attack(
    251,
    'CAPTCHA replay elsewhere',
    'A challenge that was solved for one thing, or for another organisation, counts for something else.',
  ),
  attack(252, 'CAPTCHA stockpile', 'Challenges are solved in advance, and used long afterwards.'),
  attack(253, 'CAPTCHA downgrade', 'Whoever solves a challenge says how hard it is.'),
  attack(
    254,
    'password spraying',
    'A hundred thousand names are tried from ten thousand networks, each below its own limit; or the defence shuts everybody out.',
  ),
  attack(
    255,
    'CAPTCHA without script',
    'Leaving the script out leaves the challenge out, or shuts people out.',
  ),
]
