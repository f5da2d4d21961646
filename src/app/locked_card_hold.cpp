#include "app/locked_card_hold.hpp"

#include <sys/mman.h>

#include <cstring>
#include <string>

#include "base/check.hpp"
#include "crypto/aead.hpp"

namespace payweir::app {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kSlotBytes = 512;
constexpr Duration kHoldFor = minutes(15);

}  // namespace

LockedCardHold::LockedCardHold(Random& random, std::size_t slot_count)
    : random_(random), memory_bytes_(kSlotBytes * (slot_count + 1)) {
  void* memory = ::mmap(nullptr, memory_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(memory != MAP_FAILED, "no memory for held cards");
  memory_ = static_cast<std::byte*>(memory);
  locked_ = ::mlock(memory_, memory_bytes_) == 0;
  ::madvise(memory_, memory_bytes_, MADV_DONTDUMP);
  random_.fill(RandomPurpose::secret, {reinterpret_cast<std::uint8_t*>(memory_), kKeyBytes});
  for (std::size_t slot = slot_count; slot > 0; --slot)
    free_slots_.push_back(slot);
}

LockedCardHold::~LockedCardHold() {
  explicit_bzero(memory_, memory_bytes_);
  ::munmap(memory_, memory_bytes_);
}

bool LockedCardHold::put(std::int64_t payment_key, Secret serialised_card, Instant now) {
  const std::scoped_lock lock(mutex_);
  if (const auto old = entries_.find(payment_key); old != entries_.end()) {
    wipe(old->second.slot);
    entries_.erase(old);
  }
  if (free_slots_.empty()) drop_expired(now);
  const std::string nonce = random_.bytes(RandomPurpose::nonce, kNonceBytes);
  const std::string_view key(reinterpret_cast<const char*>(memory_), kKeyBytes);
  const std::string sealed =
      nonce + crypto::aes256gcm_seal(key, nonce, std::to_string(payment_key), serialised_card.reveal());
  if (free_slots_.empty() || sealed.size() > kSlotBytes) return false;
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  std::memcpy(memory_ + slot * kSlotBytes, sealed.data(), sealed.size());
  entries_.emplace(payment_key, Entry{slot, sealed.size(), now + kHoldFor});
  return true;
}

std::optional<Secret> LockedCardHold::take(std::int64_t payment_key, Instant now) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(payment_key);
  if (found == entries_.end()) return std::nullopt;
  const Entry entry = found->second;
  entries_.erase(found);
  const std::string sealed(reinterpret_cast<const char*>(memory_ + entry.slot * kSlotBytes), entry.size);
  wipe(entry.slot);
  if (now >= entry.expires_at) return std::nullopt;
  const std::string_view key(reinterpret_cast<const char*>(memory_), kKeyBytes);
  Result<std::string> plain =
      crypto::aes256gcm_open(key, std::string_view(sealed).substr(0, kNonceBytes),
                             std::to_string(payment_key), std::string_view(sealed).substr(kNonceBytes));
  if (!plain) return std::nullopt;
  return Secret(std::move(*plain));
}

void LockedCardHold::wipe(std::size_t slot) {
  explicit_bzero(memory_ + slot * kSlotBytes, kSlotBytes);
  free_slots_.push_back(slot);
}

void LockedCardHold::drop_expired(Instant now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (now < entry->second.expires_at) {
      ++entry;
      continue;
    }
    wipe(entry->second.slot);
    entry = entries_.erase(entry);
  }
}

}  // namespace payweir::app
