#pragma once
// StatementFile: a file that is there when it is whole, and not before. Until then it is written beside its
// place, under its name and ".part", which one process at a time may do.
#include <cstdint>
#include <functional>
#include <string>

#include "ports/http_client.hpp"

namespace payweir::app {

class StatementFile final : public BodySink {
 public:
  // Told of the bytes written so far.
  using Progress = std::function<void(std::uint64_t bytes)>;

  // Errors: duplicate_resource (there is a file of that name, or it is being written), internal (the system's
  // reason).
  [[nodiscard]] static Result<std::unique_ptr<StatementFile>> create(std::string path, Progress progress);
  // Removes what was not kept.
  ~StatementFile() override;
  StatementFile(const StatementFile&) = delete;
  StatementFile& operator=(const StatementFile&) = delete;

  // Error: internal.
  [[nodiscard]] Result<void> take(std::string_view piece) override;
  // On the disk, under its name, 0600. Errors: duplicate_resource (a file of that name came to be meanwhile),
  // internal. Once, and nothing behind it.
  [[nodiscard]] Result<void> keep();

 private:
  StatementFile(std::string path, Progress progress, int descriptor);
  const std::string path_;
  const Progress progress_;
  const int descriptor_;
  std::uint64_t bytes_ = 0;
};

}  // namespace payweir::app
