#include "flows/principal.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/hash.hpp"
#include "flows/accounts/keys.hpp"

namespace payweir::flows {
namespace {

constexpr std::size_t kIdempotencyKeyBytesMax = 255;
constexpr std::size_t kDigestBytes = 16;
// No key is longer; what is longer is not hashed.
constexpr std::size_t kApiKeyBytesMax = 512;

std::unexpected<Error> unauthorized() {
  return fail(Code::unauthorized, "api-key", "API key not provided or invalid");
}

std::unexpected<Error> too_many_requests(Context& context) {
  ++context.telemetry.rate_limited;
  return fail(Code::rate_limited, "", "too many requests; try again later");
}

// The name of the operator whose key this is, "" when it is nobody's. Every key is compared, so that the time
// it takes does not tell which one came close.
std::string find_operator(const Settings& settings, std::string_view api_key) {
  std::string name;
  const auto compare = [&](const Secret& key, std::string_view whose) {
    if (!key.empty() && crypto::constant_time_equal(key.reveal(), api_key)) name = whose;
  };
  compare(settings.admin_api_key, "admin");
  for (const Operator& each : settings.operators)
    compare(each.api_key, each.name);
  return name;
}

// An unknown id takes the same work as a known one: the hash is made and compared either way, and nothing
// but the end tells them apart.
bool proves(Keys& keys, const ApiKeyParts& given, const store::ApiKeyRow* stored) {
  static const std::string kNobody(32, '\0');
  const bool is_known = stored && stored->id == given.id && stored->prefix.starts_with(given.name);
  const std::string hash = hash_api_key(keys, given.secret);
  const bool is_equal = crypto::constant_time_equal(is_known ? stored->hash : kNobody, hash);
  return is_known && is_equal;
}

bool is_live(const store::ApiKeyRow& key, Instant now) {
  return !key.revoked && (key.expires_at.ms == 0 || now < key.expires_at);
}

// The merchant whose key this is; null when it is nobody's.
Task<Result<std::shared_ptr<const MerchantEntry>>> merchant_of_secret_key(Context& context,
                                                                          std::string api_key) {
  const std::shared_ptr<const MerchantEntry> nobody;
  const std::optional<ApiKeyParts> given = parse_api_key(api_key);
  if (!given) co_return nobody;
  auto stored = co_await context.directory.api_key(given->id.key);
  if (!stored) co_return fail(std::move(stored.error()));
  const store::ApiKeyRow* row = stored->get();
  if (!proves(context.keys, *given, row) || !is_live(*row, context.clock.wall())) co_return nobody;
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant(row->merchant_no);
  if (merchant && *merchant && (*merchant)->row.deleted) co_return nobody;
  co_return merchant;
}

// One for all keys of a merchant, so that making more of them does not raise the limit.
std::string bucket_of(const Principal& principal) {
  return (principal.role == Role::publishable ? "p" : "s") + std::to_string(principal.merchant_no);
}

}  // namespace

Task<Result<Principal>> authenticate(Context& context, std::string api_key, std::string peer_address) {
  const std::int64_t now_us = context.clock.suspended_us();
  RateLimiter& limiter = context.rate_limiter;
  if (!limiter.admit_address(peer_address, now_us)) co_return too_many_requests(context);
  if (limiter.has_failed_too_often(peer_address, now_us)) co_return too_many_requests(context);
  Principal principal;
  principal.operator_name = find_operator(context.settings, api_key);
  if (!principal.operator_name.empty()) {
    principal.role = Role::admin;
    co_return principal;
  }
  if (api_key.size() > kApiKeyBytesMax) api_key.clear();
  Result<std::shared_ptr<const MerchantEntry>> merchant;
  if (api_key.starts_with("pk_")) {
    principal.role = Role::publishable;
    merchant = co_await context.directory.merchant_by_publishable_key(std::move(api_key));
  } else {
    merchant = co_await merchant_of_secret_key(context, std::move(api_key));
  }
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) {
    limiter.count_failure(peer_address, now_us);
    co_return unauthorized();
  }
  principal.merchant_no = (*merchant)->row.id.key;
  principal.merchant = std::move(*merchant);
  if (!limiter.admit_key(bucket_of(principal), now_us)) co_return too_many_requests(context);
  co_return principal;
}

Task<Result<Principal>> admit_to_sandbox(Context& context, std::string peer_address) {
  check(context.settings.sandbox, "somebody is let in without a key");
  if (!context.rate_limiter.admit_address(peer_address, context.clock.suspended_us()))
    co_return too_many_requests(context);
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant_by_id(std::string(kSandboxMerchantId));
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return unauthorized();
  Principal principal;
  principal.merchant_no = (*merchant)->row.id.key;
  principal.merchant = std::move(*merchant);
  co_return principal;
}

Result<std::optional<RequestKey>> make_request_key(Context& context, const Principal& principal,
                                                   std::string_view idempotency_key, std::string_view method,
                                                   std::string_view path, std::string_view body) {
  if (idempotency_key.empty()) return std::nullopt;
  const bool is_visible = std::ranges::all_of(idempotency_key, [](char c) { return c > ' ' && c < 0x7f; });
  if (idempotency_key.size() > kIdempotencyKeyBytesMax || !is_visible)
    return fail(Code::invalid_value, "Idempotency-Key", "at most 255 visible ASCII characters are expected");
  // Neither a number nor a method nor a path holds a line break, so that the parts cannot be shifted.
  const std::string caller =
      std::to_string(static_cast<int>(principal.role)) + "\n" + std::to_string(principal.merchant_no) + "\n";
  std::string request;
  request.reserve(method.size() + path.size() + body.size() + 2);
  request.append(method).append("\n").append(path).append("\n").append(body);
  RequestKey key;
  key.digest =
      context.keys.pepper_hash("idempotency", caller + std::string(idempotency_key)).substr(0, kDigestBytes);
  key.fingerprint = context.keys.pepper_hash("fingerprint", request).substr(0, kDigestBytes);
  Secret::wipe(request);  // the body may hold a card number
  return key;
}

}  // namespace payweir::flows
