#pragma once
// The texts that callers authenticate with: how they are made and taken apart.
//
//   snd_<26 characters: the key's id>_<64 characters: its secret>    prd_ outside the sandbox
//   pk_snd_<26 characters: the merchant's key and 64 random bits>    names a merchant, proves nothing
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/secret.hpp"
#include "ports/keys.hpp"
#include "ports/random.hpp"

namespace payweir::flows {

enum class Environment : bool { sandbox, production };

// Views are into the text given.
struct ApiKeyParts {
  ApiKeyId id;
  std::string_view name;  // "snd_<id>_", what stands before the secret
  std::string_view secret;
};
[[nodiscard]] std::optional<ApiKeyParts> parse_api_key(std::string_view text);

struct NewApiKey {
  Secret text;         // shown once
  std::string hash;    // stored
  std::string prefix;  // what may be shown of it later
};
[[nodiscard]] NewApiKey draw_api_key(Random& random, Keys& keys, Environment environment, ApiKeyId id);
// Of the secret part, under the pepper.
[[nodiscard]] std::string hash_api_key(Keys& keys, std::string_view secret);

[[nodiscard]] std::string make_publishable_key(Environment environment, std::int64_t merchant_no,
                                               std::uint64_t random_bits);
// Whose key it would be; nullopt when it is none.
[[nodiscard]] std::optional<std::int64_t> merchant_no_of_publishable_key(std::string_view text);

}  // namespace payweir::flows
