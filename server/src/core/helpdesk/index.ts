export { type AdminKey, callerOf, drawAdminKey } from './admin-keys.ts'
export {
  type Caller,
  callerMay,
  knowsTenant,
  type Permission,
  permissionNames,
  permissions,
} from './permissions.ts'
