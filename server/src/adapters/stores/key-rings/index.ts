export { makeKeyMeeting } from './meeting.ts'
export { readNamesKey, resealNamesKey } from './names-key.ts'
