# SPDX-License-Identifier: MIT
set(fs_SOURCES attribute_calls.c change.c change_calls.c content.c context.c dentry.c directory.c fs.c inode.c intents.c mount.c
    mount_calls.c mount_detach.c open.c permission.c pivot_root.c remote.c remote_directory.c rename.c size_calls.c stat.c
    superblock.c walk.c walk_held.c xattr_calls.c)
