#pragma once
// ReaderPool: reading connections with their prepared statements. A call borrows one for as long as it
// runs, so there are as many as threads that ever read at once. Any thread.
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

namespace payweir::store::sqlite {

class ReaderPool {
 public:
  ReaderPool(std::string path, std::string vfs) : path_(std::move(path)), vfs_(std::move(vfs)) {}

  // Errors: store_busy, store_unavailable, store_corrupt.
  [[nodiscard]] Result<std::vector<ResultRow>> select(const Query& query,
                                                      const std::vector<Value>& parameters,
                                                      std::size_t rows_max);

 private:
  struct Reader {
    Connection connection;
    std::unordered_map<std::string_view, Statement> statements;  // by Query::name
  };
  [[nodiscard]] Result<std::unique_ptr<Reader>> borrow();
  void give_back(std::unique_ptr<Reader> reader);
  [[nodiscard]] static Result<std::vector<ResultRow>> run(Reader& reader, const Query& query,
                                                          const std::vector<Value>& parameters,
                                                          std::size_t rows_max);

  const std::string path_, vfs_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;  // last in, first out: the warmest cache goes first
};

}  // namespace payweir::store::sqlite
