#include "flows/accounts/secrets.hpp"

#include "crypto/encoding.hpp"
#include "flows/packed_fields.hpp"

namespace payweir::flows {
namespace {

// Standard Webhooks asks for 24 to 64 bytes.
constexpr std::size_t kWebhookSecretBytes = 32;
constexpr std::size_t kHashKeyBytes = 32;  // 64 characters of hex
constexpr std::size_t kWebhookSecretsMax = 2;
// More than a gateway has: the secret of the endpoint, and one besides while it is rotated.
constexpr std::size_t kGatewaySecretsMax = 4;

// More than any gateway asks for.
constexpr std::size_t kCredentialFieldsMax = 32;

std::string profile_context(std::int64_t profile_key) {
  return "profile|" + std::to_string(profile_key) + "|secrets";
}

std::string credentials_context(std::int64_t connector_account_key) {
  return "connector_account|" + std::to_string(connector_account_key) + "|credentials";
}

std::unexpected<Error> unreadable() {
  return fail(Code::decrypt_failed, "", "sealed secrets cannot be read");
}

}  // namespace

void ProfileSecrets::rotate_webhook_secret(Random& random, Instant now) {
  if (!webhook.empty()) {
    webhook.resize(1);
    webhook.front().valid_until = now + kWebhookSecretOverlap;
  }
  webhook.insert(webhook.begin(), draw_webhook_secret(random));
}

WebhookSecret draw_webhook_secret(Random& random) {
  return {Secret(random.bytes(RandomPurpose::secret, kWebhookSecretBytes)), Instant{}};
}

Secret draw_payment_response_hash_key(Random& random) {
  const Secret bytes(random.bytes(RandomPurpose::secret, kHashKeyBytes));
  return Secret(crypto::to_hex(bytes.reveal()));
}

Secret show_webhook_secret(const WebhookSecret& secret) {
  return Secret("whsec_" + crypto::to_base64(secret.bytes.reveal()));
}

std::string seal_profile_secrets(Keys& keys, std::int64_t profile_key, const ProfileSecrets& secrets) {
  std::size_t bytes = secrets.payment_response_hash_key.size() + 64;
  for (const WebhookSecret& secret : secrets.webhook)
    bytes += secret.bytes.size() + 20;
  FieldWriter out(bytes, 2 + 2 * secrets.webhook.size());
  out.add(secrets.payment_response_hash_key.reveal()).add(static_cast<std::int64_t>(secrets.webhook.size()));
  for (const WebhookSecret& secret : secrets.webhook)
    out.add(secret.bytes.reveal()).add(secret.valid_until.ms);
  const Secret plain = out.take();
  return keys.seal(profile_context(profile_key), plain.reveal());
}

Result<ProfileSecrets> open_profile_secrets(Keys& keys, std::int64_t profile_key, std::string_view sealed) {
  const Result<Secret> plain = keys.open(profile_context(profile_key), sealed);
  if (!plain) return fail(plain.error());
  FieldReader fields(plain->reveal());
  ProfileSecrets secrets;
  secrets.payment_response_hash_key = Secret(std::string(fields.text()));
  const std::int64_t count = fields.number();
  if (count < 0 || count > static_cast<std::int64_t>(kWebhookSecretsMax)) return unreadable();
  for (std::int64_t i = 0; i < count; ++i) {
    Secret bytes(std::string(fields.text()));
    const Instant valid_until{fields.number()};
    secrets.webhook.push_back({std::move(bytes), valid_until});
  }
  if (!fields.complete()) return unreadable();
  return secrets;
}

std::string seal_credentials(Keys& keys, std::int64_t connector_account_key,
                             const ConnectorCredentials& credentials) {
  std::size_t bytes = credentials.auth_type.size() + 40;
  for (const auto& [name, value] : credentials.fields)
    bytes += name.size() + value.size();
  for (const Secret& secret : credentials.webhook_secrets)
    bytes += secret.size();
  FieldWriter out(bytes, 3 + 2 * credentials.fields.size() + credentials.webhook_secrets.size());
  out.add(credentials.auth_type).add(static_cast<std::int64_t>(credentials.fields.size()));
  for (const auto& [name, value] : credentials.fields)
    out.add(name).add(value.reveal());
  out.add(static_cast<std::int64_t>(credentials.webhook_secrets.size()));
  for (const Secret& secret : credentials.webhook_secrets)
    out.add(secret.reveal());
  const Secret plain = out.take();
  return keys.seal(credentials_context(connector_account_key), plain.reveal());
}

Result<ConnectorCredentials> open_credentials(Keys& keys, std::int64_t connector_account_key,
                                              std::string_view sealed) {
  const Result<Secret> plain = keys.open(credentials_context(connector_account_key), sealed);
  if (!plain) return fail(plain.error());
  FieldReader fields(plain->reveal());
  ConnectorCredentials credentials;
  credentials.auth_type = fields.text();
  const std::int64_t field_count = fields.number();
  if (field_count < 0 || field_count > static_cast<std::int64_t>(kCredentialFieldsMax)) return unreadable();
  for (std::int64_t i = 0; i < field_count; ++i) {
    std::string name(fields.text());
    credentials.fields.emplace_back(std::move(name), Secret(std::string(fields.text())));
  }
  const std::int64_t count = fields.number();
  if (count < 0 || count > static_cast<std::int64_t>(kGatewaySecretsMax)) return unreadable();
  for (std::int64_t i = 0; i < count; ++i)
    credentials.webhook_secrets.emplace_back(std::string(fields.text()));
  if (!fields.complete()) return unreadable();
  return credentials;
}

std::string mask(const Secret& secret) {
  // Four characters of a secret that is short enough to be guessed would give too much of it away.
  constexpr std::size_t kShortestShown = 12;
  constexpr std::string_view kStars = "********";
  if (secret.empty()) return "";
  if (secret.size() < kShortestShown) return std::string(kStars);
  const std::string_view text = secret.reveal();
  return std::string(text.substr(0, 2)).append(kStars).append(text.substr(text.size() - 2));
}

}  // namespace payweir::flows
