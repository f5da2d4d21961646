#pragma once
// The handlers of /v1/payment_intents and /v1/charges. Each takes one decoded call; whether it came
// before under its idempotency key has been settled.
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

[[nodiscard]] Answer create_intent(Call& call);
[[nodiscard]] Answer update_intent(Call& call, std::string_view id);
[[nodiscard]] Answer confirm_intent(Call& call, std::string_view id);
[[nodiscard]] Answer capture_intent(Call& call, std::string_view id);
[[nodiscard]] Answer cancel_intent(Call& call, std::string_view id);

[[nodiscard]] Answer retrieve_intent(Call& call, std::string_view id);
[[nodiscard]] Answer list_intents(Call& call);
// query=metadata['payment_id']:'pay_1', further clauses and status:'…' joined by AND
[[nodiscard]] Answer search_intents(Call& call);
[[nodiscard]] Answer retrieve_charge(Call& call, std::string_view id);

// The intent of that id in the caller's account, or Stripe's 404.
[[nodiscard]] Parsed<Intent*> find_intent(Call& call, std::string_view id, std::string_view param);
// limit=1…100, 10 when absent.
[[nodiscard]] Parsed<std::size_t> read_limit(const Params& params);

}  // namespace payweir::sandbox::stripe
