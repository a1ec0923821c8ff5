#pragma once
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <string.h>

/* GSSAPI's names of kinds and mechanisms are variables, which Swift does not trust. Nothing here decides anything. */

static inline OM_uint32 rollcall_gss_name(OM_uint32 *minor, const char *text, int is_service, gss_name_t *name) {
    gss_buffer_desc buffer = {strlen(text), (void *)text};
    gss_OID kind = is_service ? GSS_C_NT_HOSTBASED_SERVICE : (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME;
    return gss_import_name(minor, &buffer, kind, name);
}

/* A credential for PRINCIPAL from the client keytab KEYTAB, whose tickets are kept in the cache CACHE. */
static inline OM_uint32 rollcall_gss_acquire(
    OM_uint32 *minor, gss_name_t principal, const char *keytab, const char *cache, gss_cred_id_t *credential) {
    gss_key_value_element_desc elements[] = {{"client_keytab", keytab}, {"ccache", cache}};
    gss_key_value_set_desc store = {2, elements};
    gss_OID_set_desc mechanisms = {1, (gss_OID)gss_mech_krb5};
    return gss_acquire_cred_from(
        minor, principal, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &store, credential, NULL, NULL);
}

/* Gets a ticket for SERVICE into the credential's cache. */
static inline OM_uint32 rollcall_gss_ticket(OM_uint32 *minor, gss_cred_id_t credential, gss_name_t service) {
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
    OM_uint32 ignored;
    OM_uint32 major = gss_init_sec_context(
        minor, credential, &context, service, (gss_OID)gss_mech_krb5, GSS_C_MUTUAL_FLAG, 0, GSS_C_NO_CHANNEL_BINDINGS, NULL,
        NULL, &token, NULL, NULL);
    gss_release_buffer(&ignored, &token);
    gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
    return major;
}

/* What MINOR stands for; the caller releases it. */
static inline OM_uint32 rollcall_gss_words(OM_uint32 minor, gss_buffer_t words) {
    OM_uint32 ignored, more = 0;
    return gss_display_status(&ignored, minor, GSS_C_MECH_CODE, (gss_OID)gss_mech_krb5, &more, words);
}

static inline int rollcall_gss_failed(OM_uint32 major) { return GSS_ERROR(major) != 0; }

/* A cache in memory outlives those who use it. */
static inline void rollcall_krb5_destroy_cache(const char *name) {
    krb5_context context;
    krb5_ccache cache;
    if (krb5_init_context(&context) != 0) return;
    if (krb5_cc_resolve(context, name, &cache) == 0) krb5_cc_destroy(context, cache);
    krb5_free_context(context);
}
