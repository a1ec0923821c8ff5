#pragma once
#include <stddef.h>
#include <lber.h>
#include <ldap.h>
#include <openldap.h>

/* LDAP_OPT_ON is the address of a variable, which Swift does not import. */
static inline int rollcall_ldap_option_on(LDAP *handle, int option) {
    return ldap_set_option(handle, option, LDAP_OPT_ON);
}
