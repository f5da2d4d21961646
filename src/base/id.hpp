#pragma once
// Ids. A row's key is an int64, milliseconds ‖ node ‖ sequence, so that inserts stay at one right edge.
// The text a client sees is a prefix and 26 Crockford characters: the key and 64 random bits (the
// salt, stored, compared on lookup), so that one id does not give away the next.
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir {

template <class Tag>
struct Id {
  std::int64_t key = 0;
  std::int64_t salt = 0;  // 64 random bits
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  [[nodiscard]] constexpr bool empty() const { return key == 0; }
};

struct MerchantTag {
  static constexpr std::string_view prefix = "mer_";
};
struct ProfileTag {
  static constexpr std::string_view prefix = "pro_";
};
struct ApiKeyTag {
  static constexpr std::string_view prefix = "key_";
};
struct ConnectorAccountTag {
  static constexpr std::string_view prefix = "mca_";
};
struct PaymentTag {
  static constexpr std::string_view prefix = "pay_";
};
// A payment link has the key and the salt of its payment.
struct PaymentLinkTag {
  static constexpr std::string_view prefix = "plink_";
};
struct AttemptTag {
  static constexpr std::string_view prefix = "att_";
};
struct OperationTag {
  static constexpr std::string_view prefix = "opn_";
};
struct RefundTag {
  static constexpr std::string_view prefix = "ref_";
};
struct EventTag {
  static constexpr std::string_view prefix = "evt_";
};
struct RoutingAlgorithmTag {
  static constexpr std::string_view prefix = "routing_";
};

using MerchantId = Id<MerchantTag>;
using ProfileId = Id<ProfileTag>;
using ApiKeyId = Id<ApiKeyTag>;
using ConnectorAccountId = Id<ConnectorAccountTag>;
using PaymentId = Id<PaymentTag>;
using PaymentLinkId = Id<PaymentLinkTag>;
using AttemptId = Id<AttemptTag>;
using OperationId = Id<OperationTag>;
using RefundId = Id<RefundTag>;
using EventId = Id<EventTag>;
using RoutingAlgorithmId = Id<RoutingAlgorithmTag>;

// 128 bits as 26 lower-case Crockford characters, most significant first.
[[nodiscard]] std::string encode_crockford(std::int64_t key, std::int64_t salt);
// Only what encode_crockford writes: canonical, lower case. False otherwise.
[[nodiscard]] bool decode_crockford(std::string_view text, std::int64_t& key, std::int64_t& salt);

template <class Tag>
[[nodiscard]] std::string to_text(const Id<Tag>& id) {
  return std::string(Tag::prefix) + encode_crockford(id.key, id.salt);
}

// Whether a text has the form of an id of ours; a client may not choose one.
template <class Tag>
[[nodiscard]] bool looks_like_id(std::string_view text) {
  std::int64_t key = 0, salt = 0;
  return text.starts_with(Tag::prefix) && decode_crockford(text.substr(Tag::prefix.size()), key, salt);
}

// Error: not_found, because to a caller an id that cannot exist is one that does not.
template <class Tag>
[[nodiscard]] Result<Id<Tag>> parse_id(std::string_view text) {
  Id<Tag> id;
  if (text.starts_with(Tag::prefix) && decode_crockford(text.substr(Tag::prefix.size()), id.key, id.salt))
    return id;
  return fail(Code::not_found, "", "no such id");
}

// Makes keys that rise strictly, also when the clock stands still or goes back. One per node; the
// caller serialises. 41 bits of milliseconds since 2020, 10 of node, 12 of sequence.
class KeySequence {
 public:
  explicit KeySequence(std::uint16_t node) : node_(node & 0x3ffu) {}
  [[nodiscard]] std::int64_t next(Instant now);
  // Goes on behind a key that exists already. Call at start with the largest stored one.
  void resume_after(std::int64_t key);
  // The instant a key was made at; for partitions and range scans.
  [[nodiscard]] static Instant instant_of(std::int64_t key);
  // The smallest key that could have been made at or after `t`.
  [[nodiscard]] static std::int64_t first_key_at(Instant t);

 private:
  std::uint64_t node_;
  std::int64_t last_ms_ = 0;
  std::int64_t sequence_ = 0;
};

}  // namespace payweir

template <class Tag>
struct std::hash<payweir::Id<Tag>> {
  std::size_t operator()(const payweir::Id<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.key ^ (id.salt << 1));
  }
};
