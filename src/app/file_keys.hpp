#pragma once
// FileKeys: the key provider that reads one master key from a file. Everything it gives out is derived
// from it: a sealing key and a pepper, each under its own label.
#include <string>

#include "crypto/hash.hpp"
#include "ports/keys.hpp"
#include "ports/random.hpp"

namespace payweir::app {

class FileKeys final : public Keys {
 public:
  // 64 hex digits, file mode 0600 or less. Error: configuration_invalid.
  [[nodiscard]] static Result<Secret> read_file(const std::string& path);
  // Makes such a file, mode 0600, unless there is one. True when it was made.
  [[nodiscard]] static Result<bool> ensure_file(const std::string& path, Random& random);

  // One object per io thread: the keyed hash is set up once and used on one thread at a time.
  FileKeys(const Secret& master_key, Random& random);

  [[nodiscard]] std::string seal(std::string_view context, std::string_view plain) override;
  [[nodiscard]] Result<Secret> open(std::string_view context, std::string_view sealed) override;
  [[nodiscard]] std::string pepper_hash(std::string_view purpose, std::string_view text) override;

 private:
  Secret sealing_key_;
  crypto::HmacSha256 pepper_;
  std::string key_id_;
  Random& random_;
};

}  // namespace payweir::app
