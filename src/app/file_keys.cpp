#include "app/file_keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::app {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kKeyIdBytes = 8;
constexpr std::string_view kFormat = "v1";

std::unexpected<Error> bad_file(const std::string& path, const std::string& why) {
  return fail(Code::configuration_invalid, "keys.master_key_file", path + ": " + why);
}

// The row a text is sealed for is part of what is authenticated, lengths included, so that no two
// contexts give the same bytes.
std::string aad_of(std::string_view context, std::string_view key_id) {
  return std::string(kFormat) + '|' + std::string(key_id) + '|' + std::to_string(context.size()) + '|' +
         std::string(context);
}

}  // namespace

Result<Secret> FileKeys::read_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return bad_file(path, std::strerror(errno));
  struct stat status{};
  char text[2 * kKeyBytes + 2] = {};
  const bool looked = ::fstat(file, &status) == 0;
  const ssize_t size = ::read(file, text, sizeof text);
  ::close(file);
  if (looked && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return bad_file(path, "others may read it; expected mode 0600");
  std::string_view digits(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  Result<std::string> key = crypto::from_hex(digits);
  explicit_bzero(text, sizeof text);
  if (!key || key->size() != kKeyBytes) return bad_file(path, "expected 64 hex digits");
  return Secret(std::move(*key));
}

Result<bool> FileKeys::ensure_file(const std::string& path, Random& random) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) {
    if (errno == EEXIST) return false;
    return bad_file(path, std::strerror(errno));
  }
  const std::string text = crypto::to_hex(random.bytes(RandomPurpose::secret, kKeyBytes)) + '\n';
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    return bad_file(path, "could not be written");
  }
  return true;
}

FileKeys::FileKeys(const Secret& master_key, Random& random)
    : sealing_key_(crypto::hmac_sha256(master_key.reveal(), "payweir sealing key v1")),
      pepper_(crypto::hmac_sha256(master_key.reveal(), "payweir pepper v1")),
      key_id_(crypto::hmac_sha256(master_key.reveal(), "payweir key id v1").substr(0, kKeyIdBytes)),
      random_(random) {}

std::string FileKeys::seal(std::string_view context, std::string_view plain) {
  const std::string nonce = random_.bytes(RandomPurpose::nonce, kNonceBytes);
  return std::string(kFormat) + key_id_ + nonce +
         crypto::aes256gcm_seal(sealing_key_.reveal(), nonce, aad_of(context, key_id_), plain);
}

Result<Secret> FileKeys::open(std::string_view context, std::string_view sealed) {
  const std::size_t head = kFormat.size() + kKeyIdBytes + kNonceBytes;
  if (sealed.size() < head || !sealed.starts_with(kFormat))
    return fail(Code::decrypt_failed, "", "not a sealed text of this format");
  const std::string_view key_id = sealed.substr(kFormat.size(), kKeyIdBytes);
  if (key_id != key_id_) return fail(Code::decrypt_failed, "", "sealed under another master key");
  const std::string_view nonce = sealed.substr(kFormat.size() + kKeyIdBytes, kNonceBytes);
  Result<std::string> plain =
      crypto::aes256gcm_open(sealing_key_.reveal(), nonce, aad_of(context, key_id), sealed.substr(head));
  if (!plain) return fail(std::move(plain.error()));
  return Secret(std::move(*plain));
}

std::string FileKeys::pepper_hash(std::string_view purpose, std::string_view text) {
  return pepper_({purpose, std::string_view("\0", 1), text});
}

}  // namespace payweir::app
