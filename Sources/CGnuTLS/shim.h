#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* Both a macro and an enumerator, which Swift takes for neither. */
static const unsigned int rollcall_gnutls_client = GNUTLS_CLIENT | GNUTLS_NO_SIGNAL;

/* A variable that holds a function, which Swift does not trust. */
static inline void rollcall_gnutls_free(void *memory) {
    gnutls_free(memory);
}
