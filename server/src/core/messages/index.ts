export { type DkimRecord, dkimRecord } from './dkim.ts'
export { composeMail, type MailBlock, type MailDocument } from './mail.ts'
export { negotiateLanguage } from './negotiate.ts'
export { type Language, languages, translate, type Words } from './translate.ts'
