#include "base/id.hpp"

#include <algorithm>
#include <array>

namespace payweir {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i l o u
constexpr std::size_t kLength = 26;
constexpr std::int64_t kEpochMs = 1'577'836'800'000;  // 2020-01-01T00:00:00Z
constexpr int kNodeBits = 10;
constexpr int kSequenceBits = 12;
constexpr std::int64_t kSequenceMax = (std::int64_t{1} << kSequenceBits) - 1;

constexpr auto kDigitOf = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}();

}  // namespace

std::string encode_crockford(std::int64_t key, std::int64_t salt) {
  unsigned __int128 bits = static_cast<unsigned __int128>(static_cast<std::uint64_t>(key)) << 64 |
                           static_cast<std::uint64_t>(salt);
  std::string text(kLength, '0');
  for (std::size_t i = kLength; i-- > 0; bits >>= 5)
    text[i] = kAlphabet[static_cast<std::size_t>(bits & 31u)];
  return text;
}

bool decode_crockford(std::string_view text, std::int64_t& key, std::int64_t& salt) {
  if (text.size() != kLength || text[0] > '7') return false;  // 26 × 5 = 130 bits: the top two are zero
  unsigned __int128 bits = 0;
  for (const char c : text) {
    const std::int8_t digit = kDigitOf[static_cast<unsigned char>(c)];
    if (digit < 0) return false;
    bits = bits << 5 | static_cast<unsigned>(digit);
  }
  key = static_cast<std::int64_t>(static_cast<std::uint64_t>(bits >> 64));
  salt = static_cast<std::int64_t>(static_cast<std::uint64_t>(bits));
  return key > 0;
}

std::int64_t KeySequence::next(Instant now) {
  const std::int64_t ms = std::max<std::int64_t>(now.ms - kEpochMs, 1);
  if (ms > last_ms_) {
    last_ms_ = ms;
    sequence_ = 0;
  } else if (++sequence_ > kSequenceMax) {
    ++last_ms_;  // borrows from the next millisecond rather than wait
    sequence_ = 0;
  }
  return last_ms_ << (kNodeBits + kSequenceBits) | static_cast<std::int64_t>(node_ << kSequenceBits) |
         sequence_;
}

void KeySequence::resume_after(std::int64_t key) {
  last_ms_ = std::max(last_ms_, key >> (kNodeBits + kSequenceBits));
  sequence_ = kSequenceMax;
}

Instant KeySequence::instant_of(std::int64_t key) {
  return {(key >> (kNodeBits + kSequenceBits)) + kEpochMs};
}

std::int64_t KeySequence::first_key_at(Instant t) {
  return std::max<std::int64_t>(t.ms - kEpochMs, 0) << (kNodeBits + kSequenceBits);
}

}  // namespace payweir
