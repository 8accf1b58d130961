import { describe, expect, it } from 'vitest'
import { argon2idHash, needsUpgrade } from './argon2.ts'
import { readStoredHash } from './stored-hash.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')
const proves = async (stored: string, password: string) =>
  (await readStoredHash(stored)?.(bytes(password))) ?? null

/**
 * Of `Blåbærgrød €`, made by the programs named: slappasswd 2.5, libxcrypt 4.4, Python's hashlib 3.11, PHP 8.2 and
 * passlib 1.7.
 */
const made = {
  'argon2i by OpenLDAP':
    '{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$s7zPul+9+qcbr5JJx7KL/A$CBFcnKFixHUUcg7dl8J5xLcLI4ET9WLZVggZADTomKM',
  'PBKDF2-SHA1 by OpenLDAP': '{PBKDF2}10000$O2sbnvI5qc.rV2W.nDA6jw$cHl.GCdTP.3m/ov3yW8PgdkXQvk',
  'PBKDF2-SHA256 by OpenLDAP':
    '{PBKDF2-SHA256}10000$KLofuYN.ObfMxov2vaSeAA$VmsTiTuOCNQe0ewjVgJQp.UQC/pBE/d5/UnCjiEx4yM',
  'PBKDF2-SHA512 by OpenLDAP':
    '{PBKDF2-SHA512}10000$pH55mbmd1.vpUOMEy3S0ww$/Q7lbdfMuNMmAXjxI3rSe47oI8895cm3P6fa5COabaRGIH7OPqXHz2Z.o3po8CpetBllIiuOZNSuYxHEaX8ghw',
  'SHA-512-crypt by OpenLDAP':
    '{CRYPT}$6$QwVSLOQ3cgTr5aXL$K8ICRK2zvm2GtK2WBpfm0EVqjgscHwyQC.kiLU9ZVx2GQIkdwgJTPHb0rn848a8GabLhy9s5I/9POOdGnGXRu/',
  'bcrypt by OpenLDAP': '{CRYPT}$2b$10$HIGMICXFbGfN47pw4KwW2uKAtfKtWRPVinVa0Y78eVbsgxrt25mSa',
  'SHA-256-crypt with a salt that is cut':
    '$5$rounds=10000$saltstringsaltst$LxkwEyS./dwZrqLbT463GevWKguz.xiBA7tXth0wMC6',
  'scrypt as Django spells it':
    'scrypt$16384$seasoned$8$5$6nuIoEQa2i4hqdPyK4CoGoeqW+JKJIaQGqDqZPUM0kFykSPK5K0xaIIBR02rCLBwkQX5CQcu+qUq2Rvb1f0UOw==',
  'scrypt as Werkzeug spells it':
    'scrypt:32768:8:1$seasoned$d19a6e7d492f1a06010968b748a17fc88c35221ce39e91099baf05c850a481d863a9980043e07e77585d54fda9ed15615f95745bf527d64468fdd119954bd3a6',
  'scrypt as passlib spells it':
    '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$HiCeoT1Z9vCyGXQ8v179VoSACSvplqYaOt2aK8YC/8g',
  'PBKDF2-SHA256 as passlib spells it':
    '$pbkdf2-sha256$29000$yMnKy8zNzs/Q0dLT1NXW1w$UaGQq00gW7BkJ1gCrgixFR0LMUxabjmSi0RIQ3FY16U',
  'PBKDF2-SHA1 as passlib spells it': '$pbkdf2$29000$yMnKy8zNzs/Q0dLT1NXW1w$yjE5AHR9T2LdqA2l9t13MUSjp8I',
  'PBKDF2 as Django spells it': 'pbkdf2_sha256$600000$seasoned$bM+5pdbFdx306H/gdpfMjrKOBRhmL8dd+Cfq7NYYCw8=',
  'bcrypt by PHP': '$2y$06$63jCLeILl9c0Ry5dVI68jOT1W6vfBcVvpQDnsLJFUAamEZZpyfSyO',
  'argon2id by PHP':
    '$argon2id$v=19$m=4096,t=2,p=1$YllZQzNLL0VreUJlcDRDLw$Wrq0VwkJKGrgtJSm1C654nqB28KWAbBauQvRmh/3Ow8',
  'bcrypt of SHA-256 as Django spells it':
    'bcrypt_sha256$$2b$06$JTe3bfrJCxkUmPx5d8IJW.4W7XdHeR.DkdtWndoXKTrI86fzleyP6',
  'bcrypt as Dovecot spells it': '{BLF-CRYPT}$2b$05$LEgwkB7Q/vBAWmGanVQqnupksZ6T/OQRucZU4H8LtMyUHHxlKexH.',
  'SHA-512-crypt as Dovecot spells it':
    '{SHA512-CRYPT}$6$abc$lO5Dec9OpEVuhSykErIVUG8/MC951pX6wlb8N/3MGOGSqlWCOBTSohLJsqit2OSavY/Cy./KKmoI3gtu6cAO/.',
  'phpass by passlib': '$P$6seasonedwjqeXAJwEgeswg2PbpXKu/',
  'phpass as phpBB spells it': '$H$B12345678WaQ7PzXASMQS9XKlCCw8u1',
}

/** Of `my password`, from the tests of ASP.NET Core (PasswordHasherTest.cs): both versions, all three digests. */
const byAspnet = [
  'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==',
  'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw',
  'AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==',
  'AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M',
  'AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=',
]
/** Of the same place: changed, cut, and with something behind. */
const notByAspnet = [
  'AAABAgMEBQYHCAkKCwwNDg+uAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALtH1uJg==',
  'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggE=',
  'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJgAAAAAAAAAAAAA=',
  'AQAAAAAAAAD6AAAAEAhftMyfTJyAAAAAAAAAAAAAAAAAAAih5WsjXaR3PA9M',
  'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4A=',
  'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHwAAAAAAAAAAAA',
]

/** Of n times `é`, by libxcrypt 4.4: lengths around the block and digest sizes take every branch. */
const shaCrypt: readonly (readonly [number, string])[] = [
  [
    1,
    '$6$rounds=1001$s1$LZoW2Z5xsek40CunSnRgije7cGT5WYEY5L2iAqQNy4WTDxh.aP6jJZEZCdJvrEIUsn5cLt03v3SDKPfYQsKGg/',
  ],
  [1, '$5$rounds=1001$s1$yBHyKbyBAQts/0FBIHjwOULfUzeLDEqK.EQ8CWtl1N3'],
  [
    15,
    '$6$rounds=1001$s15$FE8zF8woKUN5z4h/nSMa7rxQpZLeuSbZynAku9.iy5sJ/NtVvM3AKU2UTm/CLdw1gnd1CGToC8uchUKGFmWsI/',
  ],
  [16, '$5$rounds=1001$s16$VZRGSY2s/pKcsT0nHBi6m9oVGk2xOckaft2klSRprp5'],
  [17, '$5$rounds=1001$s17$8yZHAxgO6A7wxnPI/pcZDgbiKaA6xnILKxQ3Y6EhwY2'],
  [
    31,
    '$6$rounds=1001$s31$rY1MumCtccmd5Mf1BxOtAzJqgevp50fFW676hptP6IARHArPojBOMIkQIrg23PYktJtp3aSbKXu8epe7viGwD/',
  ],
  [
    32,
    '$6$rounds=1001$s32$Ws3Qtvwb7aqHHCypETxVUZPP0hBnmtb.n80gifI.rxcM/fl3tz..UmNHtFNH.onNTbifPkRRWneboArIpMU2d0',
  ],
  [
    33,
    '$6$rounds=1001$s33$mgSxXNCGMUJzKbBGCthEGeBSRveF/qA.oT9ddlu7eQ4kLW9z9YxmYSPh4ZgMWgHUjJ6PDjm0DWyVd2bqV9XwK0',
  ],
  [64, '$5$rounds=1001$s64$ysJ8Q0QDpVFt2E.P5to3MeE1gzugoqSEHSCsDooCdFD'],
  [
    128,
    '$6$rounds=1001$s128$WOIaLGUpN2xh.TNm6MsF66COcIDtXz.Oz.vA/EmAOPVQsl9Y0lzfHpbAprX0SGHCFjXPn1Pe/ms6clQTpVSjI1',
  ],
]

describe('a stored hash', () => {
  it.each(Object.entries(made))('proves the password behind %s and no other', async (_, stored) => {
    expect(await proves(stored, 'Blåbærgrød €')).toBe(true)
    expect(await proves(stored, 'Blåbærgrød')).toBe(false)
    expect(await proves(stored, 'blåbærgrød €')).toBe(false)
    expect(await proves(stored, 'Blåbærgrød € ')).toBe(false)
    expect(await proves(stored, 'Blåbærgrød €'.normalize('NFD'))).toBe(false)
  })

  it('proves the examples of the SHA-crypt specification', async () => {
    const published = [
      '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ]
    for (const stored of published) expect(await proves(stored, 'Hello world!')).toBe(true)
  })

  it.each(shaCrypt)('proves %i times the same letter under SHA-crypt', async (count, stored) => {
    expect(await proves(stored, 'é'.repeat(count))).toBe(true)
    expect(await proves(stored, 'é'.repeat(count + 1))).toBe(false)
  })

  it('proves the examples of ASP.NET Core, and none of those it refuses', async () => {
    for (const stored of byAspnet) {
      expect(await proves(stored, 'my password')).toBe(true)
      expect(await proves(stored, 'my Password')).toBe(false)
    }
    for (const stored of notByAspnet) expect(await proves(stored, 'my password')).not.toBe(true)
  })

  it('proves WordPress hashes as WordPress does, without the white space at both ends', async () => {
    const byPhp = '$wp$2y$06$DJ5igct0xocuzHd6QgkcguULFai404QqvHKt679QwPaz9lnrkR1Wm'

    for (const typed of ['Blåbærgrød €', '  Blåbærgrød €\t\n']) expect(await proves(byPhp, typed)).toBe(true)
    // PHP's trim knows no other white space.
    for (const typed of ['Blåbærgrød', '\u00a0Blåbærgrød €']) expect(await proves(byPhp, typed)).toBe(false)
    expect(await proves(byPhp.slice(3), 'Blåbærgrød €')).toBe(false)
  })

  it('proves bcrypt hashes of every correct spelling', async () => {
    for (const spelling of ['$2a$', '$2b$', '$2y$', 'bcrypt$$2b$']) {
      const stored = `${spelling}05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`
      expect(await proves(stored, 'U*U')).toBe(true)
      expect(await proves(stored, 'U*V')).toBe(false)
    }
  })

  it('does not let bcrypt prove a password by its beginning', async () => {
    const of72 = '$2y$05$abcdefghijklmnopqrstuuGUnCqbfgs3htOkLrFduUjAyLBw1Rq/u'

    expect(await proves(of72, 'a'.repeat(72))).toBe(true)
    expect(await proves(of72, 'a'.repeat(73))).toBe(false)
    expect(await proves('$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U\0tail')).toBe(
      false,
    )
  })

  it.each([
    ['plain text', 'correct horse battery staple'],
    ['an unsalted digest', '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='],
    ['the bcrypt of a known bug', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['bcrypt that takes minutes', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    [
      'argon2 that takes gigabytes',
      '$argon2id$v=19$m=4194304,t=3,p=1$s7zPul+9+qcbr5JJx7KL/A$CBFcnKFixHUUcg7dl8J5xLcLI4ET9WLZVggZADTomKM',
    ],
    [
      'scrypt that takes gigabytes',
      '$scrypt$ln=24,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$HiCeoT1Z9vCyGXQ8v179VoSACSvplqYaOt2aK8YC/8g',
    ],
    ['scrypt of a cost that is no power of two', 'scrypt:1000:8:1$seasoned$d19a6e7d492f1a06010968b748a17fc8'],
    [
      'PBKDF2 that takes minutes',
      '{PBKDF2-SHA256}99999999$KLofuYN.ObfMxov2vaSeAA$VmsTiTuOCNQe0ewjVgJQp.UQC/pBE/d5/UnCjiEx4yM',
    ],
    [
      'PBKDF2 of no rounds',
      '{PBKDF2-SHA256}0$KLofuYN.ObfMxov2vaSeAA$VmsTiTuOCNQe0ewjVgJQp.UQC/pBE/d5/UnCjiEx4yM',
    ],
    ['PBKDF2 with a key of one byte', '{PBKDF2-SHA256}10000$KLofuYN.ObfMxov2vaSeAA$Vg'],
    [
      'SHA-crypt that takes minutes',
      '$6$rounds=999999999$salt$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    ['phpass that takes minutes', '$P$SseasonedwjqeXAJwEgeswg2PbpXKu/'],
    ['an unsalted MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['ASP.NET Identity that takes minutes', 'AQAAAAL/////AAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw'],
    [
      'ASP.NET Identity whose salt ends behind it',
      'AQAAAAIAAAAy/////+MwvhB+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw',
    ],
    ['nothing', ''],
  ])('is not accepted when it is %s', (_, stored) => {
    expect(readStoredHash(stored)).toBeNull()
  })
})

describe('a new hash', () => {
  const cost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }

  it('is argon2id with a salt of its own, and proves what was hashed to the last byte', async () => {
    const password = `${'💥'.repeat(256)}\0end`
    const [first, second] = await Promise.all([
      argon2idHash(bytes(password), cost),
      argon2idHash(bytes(password), cost),
    ])

    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(first).not.toBe(second)
    expect(await proves(first, password)).toBe(true)
    expect(await proves(first, password.slice(0, -1))).toBe(false)
    expect(await proves(first, password.slice(0, -4))).toBe(false)
  })

  it('is wanted for every other format and every other cost', async () => {
    const current = await argon2idHash(bytes('a password'), cost)

    expect(needsUpgrade(current, cost)).toBe(false)
    expect(needsUpgrade(current, { ...cost, passes: 3 })).toBe(true)
    expect(needsUpgrade(current, { ...cost, memoryKibibytes: 32_768 })).toBe(true)
    for (const stored of Object.values(made)) expect(needsUpgrade(stored, cost)).toBe(true)
  })
})
