#pragma once
// POST /payments/session_tokens.
#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] Task<Result<Reply>> create_session_tokens(RequestContext request);

}  // namespace payweir::api::native
