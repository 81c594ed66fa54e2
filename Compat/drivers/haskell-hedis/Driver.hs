-- SPDX-License-Identifier: Apache-2.0
-- Copyright the Martlet authors

{-# LANGUAGE OverloadedStrings #-}

-- | hedis: one thread receives for a controller of subscriptions, another publishes.
module Main (main) where

import Control.Concurrent (forkIO, killThread, newEmptyMVar, putMVar, takeMVar)
import Control.Concurrent.Chan (Chan, newChan, readChan, writeChan)
import Control.Exception (SomeException, try)
import Control.Monad (unless)
import Data.ByteString (ByteString)
import qualified Data.ByteString.Char8 as Bytes
import Data.IORef (IORef, modifyIORef, newIORef, readIORef)
import Database.Redis
import System.Environment (getEnv)
import System.Exit (exitFailure)
import System.IO (BufferMode (LineBuffering), hSetBuffering, stdout)
import System.Posix.Process (getProcessID)
import System.Timeout (timeout)

-- | Prints one line for a check and counts the failures.
type Equal = String -> String -> String -> IO ()

equal :: IORef Int -> Equal
equal failureCount check expected got
    | expected == got = putStrLn ("ok " ++ check)
    | otherwise = do
        modifyIORef failureCount (+ 1)
        putStrLn ("FAIL " ++ check ++ ": expected " ++ expected ++ " got " ++ got)

binary :: ByteString
binary = "\0\r\n\255*1\r\n"

-- | A successful reply, as `show` prints it.
right :: Show value => value -> String
right value = "Right " ++ showsPrec 11 value ""

checkCommands :: Equal -> Connection -> ByteString -> IO ()
checkCommands check connection prefix = do
    let call :: Redis reply -> IO reply
        call = runRedis connection
        request :: [ByteString] -> IO (Either Reply Reply)
        request = call . sendRequest
    request ["CLIENT", "SETNAME", prefix] >>= check "setname" (right (SingleLine "OK")) . show
    request ["CLIENT", "GETNAME"] >>= check "getname" (right (Bulk (Just prefix))) . show
    call ping >>= check "ping" (right Pong) . show
    call (echo binary) >>= check "echo" (right binary) . show
    information <- call (infoSection "server")
    let version = either (const "no INFO") (fst . Bytes.breakSubstring ".") $
            snd . Bytes.breakSubstring "redis_version" <$> information
    check "info" (show ("redis_version:7" :: ByteString)) (show version)
    request ["nosuch", "a"] >>= check "unknown-command"
        (right (Error "ERR unknown command 'nosuch', with args beginning with: 'a' ")) . show
    transaction <- call $ multiExec $ do
        receivers <- publish prefix "in multi"
        done <- echo "done"
        return ((,) <$> receivers <*> done)
    check "multi" (show (TxSuccess (0 :: Integer, "done" :: ByteString))) (show transaction)

checkController :: Equal -> Connection -> ByteString -> IO ()
checkController check connection prefix = do
    let news = prefix <> ":news"
        patternName = prefix <> ":*"
        publishNews payload = show <$> runRedis connection (publish news payload)
        numsub = runRedis connection (sendRequest ["PUBSUB", "NUMSUB", news])
            :: IO (Either Reply [Reply])
    messages <- newChan :: IO (Chan ByteString)
    matched <- newChan :: IO (Chan (ByteString, ByteString))
    controller <- newPubSubController [] []
    started <- newEmptyMVar
    receiver <- forkIO (pubSubForever connection controller (putMVar started ()))
    takeMVar started

    -- Both return once the server has confirmed.
    _ <- addChannelsAndWait controller [(news, writeChan messages)] []
    numsub >>= check "subscribe" (right [Bulk (Just news), Integer 1]) . show
    _ <- addChannelsAndWait controller [] [(patternName, curry (writeChan matched))]
    publishNews "hello" >>= check "publish" (right (2 :: Integer))
    readChan messages >>= check "message" (show ("hello" :: ByteString)) . show
    readChan matched >>= check "pmessage" (show (news, "hello" :: ByteString)) . show
    publishNews binary >>= check "publish-binary" (right (2 :: Integer))
    readChan messages >>= check "message-binary" (show binary) . show
    readChan matched >>= check "pmessage-binary" (show (news, binary)) . show

    removeChannelsAndWait controller [news] []
    numsub >>= check "unsubscribe" (right [Bulk (Just news), Integer 0]) . show
    publishNews "again" >>= check "publish-after-unsubscribe" (right (1 :: Integer))
    readChan matched >>= check "pmessage-after-unsubscribe"
        (show (news, "again" :: ByteString)) . show
    removeChannelsAndWait controller [] [patternName]
    publishNews "again" >>= check "publish-after-punsubscribe" (right (0 :: Integer))
    killThread receiver

run :: Equal -> IO ()
run check = do
    host <- getEnv "HOST"
    port <- read <$> getEnv "PORT"
    path <- getEnv "UNIX_SOCKET"
    process <- getProcessID
    let prefix = Bytes.pack ("martlet:hedis:" ++ show process)
    connection <- checkedConnect defaultConnectInfo
        { connectHost = host, connectPort = PortNumber port }
    check "connect" "connected" "connected"
    checkCommands check connection prefix
    checkController check connection prefix
    local <- connect defaultConnectInfo { connectPort = UnixSocket path }
    runRedis local ping >>= check "unix-socket" (right Pong) . show
    runRedis local quit >>= check "quit" (right Ok) . show
    disconnect connection

main :: IO ()
main = do
    hSetBuffering stdout LineBuffering
    failureCount <- newIORef 0
    let check = equal failureCount
    finished <- try (timeout 20000000 (run check))
    case finished of
        Left exception -> check "exception" "none" (show (exception :: SomeException))
        Right Nothing -> check "deadline" "an end" "a hang"
        Right (Just ()) -> return ()
    failures <- readIORef failureCount
    unless (failures == 0) exitFailure
