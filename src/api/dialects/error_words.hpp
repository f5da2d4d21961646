#pragma once
// Errors of the dialects whose documentation names none: {"code":"AMOUNT_INVALID","message":"…","field":"…"},
// each word with one meaning.
#include <string_view>

#include "base/error.hpp"
#include "base/http.hpp"

namespace payweir::api::dialects {

struct ErrorWord {
  std::string_view word;
  int status = 500;
};
[[nodiscard]] ErrorWord word_of(const Error& error);
[[nodiscard]] http::Response render_error_word(const Error& error);

}  // namespace payweir::api::dialects
