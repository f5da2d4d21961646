#pragma once
// GET /: what this sandbox serves, for a person with a browser.
#include <string>
#include <vector>

#include "base/http.hpp"

namespace payweir::sandbox {

// `names` are those of the models, plain words.
[[nodiscard]] http::Response render_index(const std::vector<std::string>& names);

}  // namespace payweir::sandbox
