#pragma once

/* As sys/mman.h, fcntl.h and poll.h have them for GNU sources. No header is included: what it declares would become this
   module's. */
extern int memfd_create(const char *, unsigned int);
enum {
    /* MFD_CLOEXEC and MFD_ALLOW_SEALING. */
    rollcall_memfd_flags = 0x1 | 0x2,
    /* F_ADD_SEALS with F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE. */
    rollcall_add_seals = 1033,
    rollcall_all_seals = 0xF,
    /* POLLRDHUP. */
    rollcall_poll_peer_ended = 0x2000
};
