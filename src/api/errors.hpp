#pragma once
// The one catalogue of errors: what each Code is to a client. Hyperswitch's statuses, types, codes and
// sentences, as its code has them (crates/hyperswitch_domain_models/src/errors/api_error_response.rs,
// release 2026.06.25.0); what it does not know has the nearest of its codes. The message of an error that
// is about a request field names that field.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/http.hpp"

namespace payweir::api {

// What stands in the message.
enum class Says : std::uint8_t {
  entry,             // the catalogue's sentence alone: the error's own text is for us
  detail,            // the error's own sentence; the catalogue's when it has none
  entry_and_field,   // "Missing required param: amount"
  field_and_detail,  // "amount: a whole number is expected"
  resource,          // "Payment does not exist in our records", by the field that named it
};

// Hyperswitch answers what its JSON decoder refuses with a member `error_type` in the place of `type`,
// and clients know the two apart by that.
enum class Shape : std::uint8_t { type, error_type };

struct ErrorEntry {
  int status = 500;
  std::string_view type;  // invalid_request, api
  std::string_view code;  // IR_…, HE_…, WE_…
  std::string_view message;
  Says says = Says::entry;
  Shape shape = Shape::type;
  int retry_after_s = 0;  // 0: no such header
};

[[nodiscard]] ErrorEntry describe(Code code);
// The sentence for a client, by the entry of its code.
[[nodiscard]] std::string message_of(const Error& error);

// {"error":{"type":…,"message":…,"code":…}} with its status, and Retry-After or Allow where they belong.
[[nodiscard]] http::Response render_error(const Error& error);

}  // namespace payweir::api
