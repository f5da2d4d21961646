#include "flows/accounts/keys.hpp"

#include "crypto/encoding.hpp"

namespace payweir::flows {
namespace {

constexpr std::size_t kIdSize = 26;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretShown = 4;  // of 64 characters: tells keys apart, helps no guesser

std::string_view prefix_of(Environment environment) {
  return environment == Environment::sandbox ? "snd_" : "prd_";
}

// Takes "snd_" or "prd_" off the front.
std::optional<Environment> take_environment(std::string_view& text) {
  for (const Environment environment : {Environment::sandbox, Environment::production}) {
    if (!text.starts_with(prefix_of(environment))) continue;
    text.remove_prefix(prefix_of(environment).size());
    return environment;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ApiKeyParts> parse_api_key(std::string_view text) {
  std::string_view rest = text;
  if (!take_environment(rest) || rest.size() <= kIdSize + 1 || rest[kIdSize] != '_') return std::nullopt;
  ApiKeyParts parts;
  if (!decode_crockford(rest.substr(0, kIdSize), parts.id.key, parts.id.salt)) return std::nullopt;
  parts.secret = rest.substr(kIdSize + 1);
  parts.name = text.substr(0, text.size() - parts.secret.size());
  return parts;
}

NewApiKey draw_api_key(Random& random, Keys& keys, Environment environment, ApiKeyId id) {
  const Secret bytes(random.bytes(RandomPurpose::secret, kSecretBytes));
  const Secret secret(crypto::to_hex(bytes.reveal()));
  const std::string name = std::string(prefix_of(environment)) + encode_crockford(id.key, id.salt) + "_";
  NewApiKey made;
  made.text = Secret(name + std::string(secret.reveal()));
  made.hash = hash_api_key(keys, secret.reveal());
  made.prefix = name + std::string(secret.reveal().substr(0, kSecretShown));
  return made;
}

std::string hash_api_key(Keys& keys, std::string_view secret) {
  return keys.pepper_hash("api_key", secret);
}

std::string make_publishable_key(Environment environment, std::int64_t merchant_no,
                                 std::uint64_t random_bits) {
  const auto salt = static_cast<std::int64_t>(random_bits);
  return "pk_" + std::string(prefix_of(environment)) + encode_crockford(merchant_no, salt);
}

std::optional<std::int64_t> merchant_no_of_publishable_key(std::string_view text) {
  if (!text.starts_with("pk_")) return std::nullopt;
  text.remove_prefix(3);
  std::int64_t merchant_no = 0, salt = 0;
  if (!take_environment(text) || !decode_crockford(text, merchant_no, salt)) return std::nullopt;
  return merchant_no;
}

}  // namespace payweir::flows
