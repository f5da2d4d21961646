#include "connectors/wire/base_url.hpp"

#include <algorithm>

namespace payweir::wire {

BaseUrl split_base_url(std::string_view base_url) {
  const std::size_t scheme_end = base_url.find("://");
  const std::size_t host = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t path = std::min(base_url.find('/', host), base_url.size());
  return {std::string(base_url.substr(0, path)), std::string(base_url.substr(path))};
}

}  // namespace payweir::wire
