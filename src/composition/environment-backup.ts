/** The environment variables of backups, as data: see environment.ts. */
import type { Variables } from './environment.ts'
import { COPIES_KEPT, TEXT, TIME_OF_DAY } from './setting-types.ts'

export const BACKUPS = {
  BACKUP_DIR: {
    ...TEXT,
    machine: true,
    example: '/var/backups/cloudshelf',
    unset: 'no scheduled backups',
    meaning: 'Folder in which the shop writes a backup a day, and its list of erasures; best on another disk',
  },
  BACKUP_TIME: { ...TIME_OF_DAY, default: '03:30', meaning: 'Time of day of the backup, in TIME_ZONE' },
  BACKUP_KEEP: {
    ...COPIES_KEPT,
    default: '7',
    meaning: 'Backups that are kept. Older ones are deleted once a new one is verified',
  },
  BACKUP_PASSPHRASE_FILE: {
    ...TEXT,
    machine: true,
    example: '/etc/cloudshelf/backup-passphrase',
    unset: 'backups are not sealed, and leave out the secrets',
    meaning: 'File with the passphrase that seals the backups. Keep a copy of it elsewhere',
  },
} as const satisfies Variables
