// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace diagonal {

/// What SQLite says; code is its primary result code.
class SqliteError : public std::runtime_error {
  public:
    SqliteError(int code, const std::string& message) : std::runtime_error(message), m_code(code) {}

    bool isDamage() const;  ///< the file is no database, or a broken one
    bool isBusy() const;    ///< another connection holds the lock
    bool isFull() const;    ///< the disk is, or a quota is used up
    bool cannotOpen() const;

  private:
    int m_code;
};

/// How a database is opened. Frozen: nobody changes it meanwhile, so that it is read without locks or files beside it
/// (a disk that cannot be written).
enum class SqliteAccess { Create, Write, Read, Frozen };

/// A connection. One thread at a time.
class SqliteDatabase {
  public:
    /// Waits up to busyMilliseconds for locks. Throws SqliteError, as all below.
    SqliteDatabase(const std::filesystem::path& file, int busyMilliseconds, SqliteAccess access = SqliteAccess::Create);

    void run(const char* sql);
    void rollBack() noexcept;
    int64_t number(const char* sql);    ///< the first cell of the first row, 0 without one
    std::string text(const char* sql);  ///< likewise, empty without one

    bool isFrozen() const { return m_isFrozen; }  ///< SqliteAccess::Frozen: later changes are not seen

  private:
    friend class SqliteStatement;
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> m_database;
    bool m_isFrozen;
};

/// A prepared statement; parameters and columns count from 1 and from 0, as in SQLite.
class SqliteStatement {
  public:
    SqliteStatement(SqliteDatabase& database, const char* sql);

    SqliteStatement& bind(int index, int64_t value);
    /// The bytes must stay until the next reset.
    SqliteStatement& bind(int index, std::span<const uint8_t> bytes);
    SqliteStatement& bind(int index, std::string_view text);  ///< UTF-8; likewise
    SqliteStatement& bindNull(int index);
    /// Whether there is a row.
    bool step();
    void reset();
    /// For statements without rows: step and reset.
    void run();

    int64_t number(int column) const;
    std::span<const uint8_t> bytes(int column) const;  ///< until the next step or reset
    std::string_view text(int column) const;           ///< likewise

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    sqlite3* m_connection;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

}  // namespace diagonal
