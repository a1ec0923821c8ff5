#pragma once

/* As sqlite3.h has them, which GRDBSQLite brings in. */
extern int sqlite3_config(int, ...);
enum { rollcall_sqlite_config_memstatus = 9 };

/* Takes a variable number of arguments, which Swift cannot call. Of no effect once SQLite has been used. */
static inline int rollcall_sqlite_omit_memory_statistics(void) {
    return sqlite3_config(rollcall_sqlite_config_memstatus, 0);
}
