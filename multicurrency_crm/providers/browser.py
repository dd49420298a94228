"""The name of a browser, for sites that turn away programs that say what they are."""

#: headers for such a site
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) multicurrency_crm/1.0",
}
