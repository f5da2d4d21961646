#pragma once
// The frame around the pages on which a payer decides: self-contained HTML under a strict content security
// policy. Every text from outside is escaped by whoever puts it in.
#include <string>
#include <string_view>

#include "base/http.hpp"

namespace payweir::sandbox {

[[nodiscard]] std::string escape_html(std::string_view text);
// "<dt>…</dt><dd>…</dd>", escaped; nothing for an empty text.
void append_row(std::string& out, std::string_view term, std::string_view text);

// `house` is whose page it is, such as "Payweir sandbox bank"; `content` is HTML.
[[nodiscard]] http::Response render_page(int status, std::string_view house, std::string_view content);
// A title and a sentence, both escaped here.
[[nodiscard]] http::Response render_notice(int status, std::string_view house, std::string_view title,
                                           std::string_view text);

}  // namespace payweir::sandbox
