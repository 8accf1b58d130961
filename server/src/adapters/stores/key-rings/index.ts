export { makeKeyMeeting } from './meeting.ts'
export { namesKeyColumn, readNamesKey } from './names-key.ts'
