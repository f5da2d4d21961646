#pragma once
// QR codes as pictures, for whoever cannot draw one.
#include <string>
#include <string_view>

namespace payweir::api {

// A PNG with the quiet zone around it, black on white. "" when the text is too long for a code (2331 bytes).
[[nodiscard]] std::string qr_code_png(std::string_view text);
// "data:image/png;base64,…", or "".
[[nodiscard]] std::string qr_code_data_url(std::string_view text);

}  // namespace payweir::api
