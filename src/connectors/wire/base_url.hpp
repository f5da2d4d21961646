#pragma once
// Where a gateway lives, as configuration writes it, split into what http::Request wants.
#include <string>
#include <string_view>

namespace payweir::wire {

struct BaseUrl {
  std::string origin;       // "https://api.stripe.com"
  std::string path_prefix;  // "" or "/sandbox/stripe"
};

// Requires: scheme://host[:port][/prefix], no trailing slash.
[[nodiscard]] BaseUrl split_base_url(std::string_view base_url);

}  // namespace payweir::wire
