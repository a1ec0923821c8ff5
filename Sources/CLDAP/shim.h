#pragma once
#include <malloc.h>
#include <stddef.h>
#include <lber.h>
#include <ldap.h>
#include <openldap.h>
#include <sasl/sasl.h>
#include <string.h>

/* LDAP_OPT_ON is the address of a variable, which Swift does not import. */
static inline int rollcall_ldap_option_on(LDAP *handle, int option) {
    return ldap_set_option(handle, option, LDAP_OPT_ON);
}

/* What libsasl asks for in the middle of a bind. */
struct rollcall_sasl_answers {
    /* A gss_cred_id_t. */
    void *credential;
    /* The identity to act as; empty for the same. */
    const char *authorization;
    /* libsasl has asked, so the credential is in use. */
    int is_asked;
};

/* Answers libsasl. The credential can be set only here: libldap makes a new context for each bind. */
static inline int rollcall_sasl_answer(LDAP *handle, unsigned flags, void *defaults, void *prompts) {
    struct rollcall_sasl_answers *answers = (struct rollcall_sasl_answers *)defaults;
    (void)flags;
    if (ldap_set_option(handle, LDAP_OPT_X_SASL_GSS_CREDS, answers->credential) != LDAP_OPT_SUCCESS) return LDAP_LOCAL_ERROR;
    answers->is_asked = 1;
    for (sasl_interact_t *prompt = (sasl_interact_t *)prompts; prompt->id != SASL_CB_LIST_END; prompt++) {
        const char *answer = prompt->id == SASL_CB_USER ? answers->authorization : "";
        prompt->result = answer;
        prompt->len = (unsigned)strlen(answer);
    }
    return LDAP_SUCCESS;
}

/* Waits SECONDS for one message, or for as long as it takes when they are negative. Swift does not always see timeval. */
static inline int rollcall_ldap_result(LDAP *handle, int number, long seconds, LDAPMessage **message) {
    struct timeval limit = {seconds, 0};
    return ldap_result(handle, number, LDAP_MSG_ONE, seconds < 0 ? NULL : &limit, message);
}

/* Lets libldap read as much as there is instead of twice for each message, and spares it the waiting for messages that are
   here already. For the plain bytes of the socket: TLS and SASL come above. */
static inline int rollcall_ldap_read_ahead(LDAP *handle, ber_len_t bytes) {
    Sockbuf *socket = NULL;
    if (ldap_get_option(handle, LDAP_OPT_SOCKBUF, &socket) != LDAP_OPT_SUCCESS || socket == NULL) return LDAP_LOCAL_ERROR;
    if (ber_sockbuf_add_io(socket, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER, NULL) < 0) return LDAP_LOCAL_ERROR;
    ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_READAHEAD, &bytes);
    return LDAP_SUCCESS;
}

/* Gives the memory that is free back to the system: <malloc.h> is not imported. */
static inline void rollcall_trim_memory(void) { malloc_trim(0); }

/* Whether some of what the server sent has been read from the socket and not been looked at yet. */
static inline int rollcall_ldap_has_data(LDAP *handle) {
    Sockbuf *socket = NULL;
    if (ldap_get_option(handle, LDAP_OPT_SOCKBUF, &socket) != LDAP_OPT_SUCCESS || socket == NULL) return 0;
    return ber_sockbuf_ctrl(socket, LBER_SB_OPT_DATA_READY, NULL) > 0;
}
