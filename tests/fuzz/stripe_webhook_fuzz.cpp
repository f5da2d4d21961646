// Stripe's callbacks: "header\nbody". Nothing verifies without the secret, every body verifies under its
// own signature, and what a verified body says is read or refused, never guessed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "connectors/stripe/webhook.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace payweir;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), size);
  const std::string_view header = input.substr(0, end);
  const std::string_view body = input.substr(std::min(end + 1, size));
  constexpr Instant now{1'784'829'814'000};
  static const Secret secrets[] = {Secret("whsec_a_secret_that_no_seed_was_signed_with")};

  check(!stripe::verify_webhook_signature(header, body, secrets, now), "a forged signature was taken");

  const std::string signed_text = "1784829814." + std::string(body);
  const std::string signature = crypto::to_hex(crypto::hmac_sha256(secrets[0].reveal(), signed_text));
  check(stripe::verify_webhook_signature("t=1784829814,v1=" + signature, body, secrets, now).has_value(),
        "a good signature was refused");

  const auto event = stripe::read_webhook_event(body);
  if (event) check(!event->event_id.empty() && !event->event_type.empty(), "an event without id or type");
  return 0;
}
