/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text inside XML and HTML: every string is data. */
#ifndef OAK_CORE_XML_H
#define OAK_CORE_XML_H

#include "core/buf.h"

/* Append TEXT (NULL = nothing) so that it is safe as content and inside quoted attributes. Tab and line ends stay as
 * character references; what XML 1.0 cannot carry (other control characters, bad UTF-8, U+FFFE, U+FFFF) becomes U+FFFD. */
void oak_xml_text(struct oak_buf *buf, const char *text);

#endif
