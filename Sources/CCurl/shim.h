#ifndef PLAD_CCURL_SHIM_H
#define PLAD_CCURL_SHIM_H

#include <curl/curl.h>

// curl_easy_setopt, curl_multi_setopt and curl_easy_getinfo take a variable argument, which Swift cannot call.
// Each wrapper below passes one type of argument and answers CURLE_BAD_FUNCTION_ARGUMENT (CURLM_UNKNOWN_OPTION)
// to an option of another type, where curl itself would read a wrong argument in silence.

/// The type class that curl gives an option: 0 long, 1 pointer, 2 function, 3 curl_off_t, 4 blob.
static inline int plad_curl_type_of(int option) { return option / 10000; }

/// For numbers and switches: C promotes an int argument differently from a long, so the type must be long.
static inline CURLcode plad_easy_set_long(CURL *easy, CURLoption option, long value) {
    return plad_curl_type_of(option) == 0 ? curl_easy_setopt(easy, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For sizes beyond 2 GiB: curl_off_t is 64 bits on every platform, long is not.
static inline CURLcode plad_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return plad_curl_type_of(option) == 3 ? curl_easy_setopt(easy, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For texts, which curl copies.
static inline CURLcode plad_easy_set_text(CURL *easy, CURLoption option, const char *value) {
    return plad_curl_type_of(option) == 1 ? curl_easy_setopt(easy, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For the argument of a callback, the error buffer and the private pointer; curl keeps the address only.
static inline CURLcode plad_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return plad_curl_type_of(option) == 1 ? curl_easy_setopt(easy, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For CURLOPT_HTTPHEADER; the list must outlive the transfer.
static inline CURLcode plad_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return plad_curl_type_of(option) == 1 ? curl_easy_setopt(easy, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

typedef size_t (*plad_write_callback)(char *bytes, size_t size, size_t count, void *argument);

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION: Swift's closure becomes this C function type.
static inline CURLcode plad_easy_set_write(CURL *easy, CURLoption option, plad_write_callback callback) {
    return plad_curl_type_of(option) == 2 ? curl_easy_setopt(easy, option, callback) : CURLE_BAD_FUNCTION_ARGUMENT;
}

typedef size_t (*plad_read_callback)(char *buffer, size_t size, size_t count, void *argument);

/// For CURLOPT_READFUNCTION, which hands curl the body to send.
static inline CURLcode plad_easy_set_read(CURL *easy, CURLoption option, plad_read_callback callback) {
    return plad_curl_type_of(option) == 2 ? curl_easy_setopt(easy, option, callback) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For numbers about a finished transfer.
static inline CURLcode plad_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return (info & CURLINFO_TYPEMASK) == CURLINFO_LONG ? curl_easy_getinfo(easy, info, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For times in microseconds and sizes.
static inline CURLcode plad_easy_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (info & CURLINFO_TYPEMASK) == CURLINFO_OFF_T ? curl_easy_getinfo(easy, info, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

/// For CURLINFO_PRIVATE, which curl files under the string type.
static inline CURLcode plad_easy_get_private(CURL *easy, void **value) {
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, value);
}

/// For the limits of the connection pool.
static inline CURLMcode plad_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return plad_curl_type_of(option) == 0 ? curl_multi_setopt(multi, option, value) : CURLM_UNKNOWN_OPTION;
}

/// The result inside a CURLMSG_DONE message: the union's members do not all import.
static inline CURLcode plad_message_result(const CURLMsg *message) { return message->data.result; }

#endif
