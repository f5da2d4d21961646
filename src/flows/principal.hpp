#pragma once
// Who is calling, and the key that makes the call happen once.
#include <memory>
#include <optional>
#include <string>

#include "flows/context.hpp"

namespace payweir::flows {

enum class Role : std::uint8_t { admin, merchant, publishable };

struct Principal {
  Role role = Role::merchant;
  std::int64_t merchant_no = 0;                   // 0: admin
  std::shared_ptr<const MerchantEntry> merchant;  // null: admin
  std::string operator_name{};                    // of an admin: "admin" for the key that all share
};

// By the `api-key` header: the admin key, the operators' keys, "snd_…"/"prd_…" secret keys, "pk_…"
// publishable keys. Counts against the rate limits of key and address. Errors: unauthorized, rate_limited.
[[nodiscard]] Task<Result<Principal>> authenticate(Context& context, std::string api_key,
                                                   std::string peer_address);

// The merchant that a sandbox has from its start.
inline constexpr std::string_view kSandboxMerchantId = "demo";
// Who calls without a key where that is let in: the sandbox's merchant. Counts against the rate limits of the
// address. Requires: settings.sandbox. Errors: unauthorized, when there is no such merchant; rate_limited.
[[nodiscard]] Task<Result<Principal>> admit_to_sandbox(Context& context, std::string peer_address);

// What an idempotent request is known by. Made from the request before anything is decided; nothing of
// it is stored unless the request is executed.
struct RequestKey {
  std::string digest;       // 16 bytes; principal and key
  std::string fingerprint;  // 16 bytes; method, path, body
};
// Errors: invalid_value (field Idempotency-Key) when it is longer than 255 bytes or not visible ASCII.
[[nodiscard]] Result<std::optional<RequestKey>> make_request_key(Context& context, const Principal& principal,
                                                                 std::string_view idempotency_key,
                                                                 std::string_view method,
                                                                 std::string_view path,
                                                                 std::string_view body);

// An answer as bytes: what is sent, and what is stored to be sent again.
struct Answer {
  int status = 200;
  std::string body;
  bool replayed = false;
  std::int64_t gateway_us = 0;  // of the time it took, the gateway's part
};

}  // namespace payweir::flows
