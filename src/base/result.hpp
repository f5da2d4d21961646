#pragma once
// Result<T>: a value or an Error. The only way a function of this code base fails for a reason that
// the outside world controls.
#include <expected>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace payweir {

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string field, std::string detail) {
  return std::unexpected(Error{code, std::move(field), std::move(detail), Certainty::not_sent});
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace payweir
