// Uses all three services with the AWS SDK for Go, version 2; prints the results as JSON.
// The address, the region and the credentials are in the environment.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkidentity"
	identity "github.com/aws/aws-sdk-go-v2/service/chimesdkidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmessaging"
	messaging "github.com/aws/aws-sdk-go-v2/service/chimesdkmessaging/types"
	"github.com/aws/aws-sdk-go-v2/service/qapps"
	cards "github.com/aws/aws-sdk-go-v2/service/qapps/types"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

type seen map[string]any

func must[T any](output T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return output
}

func isRecent(when *time.Time) bool {
	return time.Since(*when).Abs() < time.Hour
}

// failure is what a caller learns from an error that should be of type E.
func failure[E error](err error) seen {
	var typed E
	var api smithy.APIError
	if !errors.As(err, &api) {
		log.Fatal("not an error of the service: ", err)
	}
	return seen{"isTyped": errors.As(err, &typed), "code": api.ErrorCode(), "hasMessage": api.ErrorMessage() != ""}
}

func useIdentity(client *chimesdkidentity.Client) (seen, string, []string) {
	created := must(client.CreateAppInstance(ctx, &chimesdkidentity.CreateAppInstanceInput{
		Name: aws.String("Chat 😀"), Metadata: aws.String("v1"),
	}))
	arn := created.AppInstanceArn
	described := must(client.DescribeAppInstance(ctx, &chimesdkidentity.DescribeAppInstanceInput{AppInstanceArn: arn}))

	var users []string
	user := func(number int, name string) (*chimesdkidentity.CreateAppInstanceUserOutput, error) {
		return client.CreateAppInstanceUser(ctx, &chimesdkidentity.CreateAppInstanceUserInput{
			AppInstanceArn: arn, AppInstanceUserId: aws.String(fmt.Sprint("user-", number)), Name: &name,
		})
	}
	for number := range 5 {
		users = append(users, *must(user(number, fmt.Sprint("User ", number))).AppInstanceUserArn)
	}
	var pages [][]string
	paginator := chimesdkidentity.NewListAppInstanceUsersPaginator(
		client, &chimesdkidentity.ListAppInstanceUsersInput{AppInstanceArn: arn, MaxResults: aws.Int32(2)})
	for paginator.HasMorePages() {
		var names []string
		for _, user := range must(paginator.NextPage(ctx)).AppInstanceUsers {
			names = append(names, *user.Name)
		}
		pages = append(pages, names)
	}

	must(client.TagResource(ctx, &chimesdkidentity.TagResourceInput{
		ResourceARN: arn, Tags: []identity.Tag{{Key: aws.String("team"), Value: aws.String("a")}},
	}))
	tags := must(client.ListTagsForResource(ctx, &chimesdkidentity.ListTagsForResourceInput{ResourceARN: arn})).Tags

	_, conflict := user(0, "Somebody else")
	other := aws.String(*arn + "0")
	_, gone := client.DescribeAppInstance(ctx, &chimesdkidentity.DescribeAppInstanceInput{AppInstanceArn: other})
	_, invalid := client.CreateAppInstance(ctx, &chimesdkidentity.CreateAppInstanceInput{Name: aws.String("\x01")})
	return seen{
		"created":     []string{*described.AppInstance.Name, *described.AppInstance.Metadata},
		"datesAreNow": isRecent(described.AppInstance.CreatedTimestamp),
		"pages":       pages,
		"tags":        []string{*tags[0].Key, *tags[0].Value},
		"conflict":    failure[*identity.ConflictException](conflict),
		"gone":        failure[*identity.ForbiddenException](gone),
		"invalid":     failure[*identity.BadRequestException](invalid),
	}, *arn, users
}

func useMessaging(client *chimesdkmessaging.Client, instance string, users []string) seen {
	alice, bob := aws.String(users[0]), aws.String(users[1])
	channel := must(client.CreateChannel(ctx, &chimesdkmessaging.CreateChannelInput{
		AppInstanceArn: aws.String(instance), Name: aws.String("General"), ChimeBearer: alice,
	})).ChannelArn
	must(client.CreateChannelMembership(ctx, &chimesdkmessaging.CreateChannelMembershipInput{
		ChannelArn: channel, ChimeBearer: alice, MemberArn: bob, Type: messaging.ChannelMembershipTypeDefault,
	}))
	sent := must(client.SendChannelMessage(ctx, &chimesdkmessaging.SendChannelMessageInput{
		ChannelArn: channel, ChimeBearer: bob, Content: aws.String("Hello, é"),
		Type: messaging.ChannelMessageTypeStandard, Persistence: messaging.ChannelMessagePersistenceTypePersistent,
	}))
	listed := must(client.ListChannelMessages(ctx, &chimesdkmessaging.ListChannelMessagesInput{
		ChannelArn: channel, ChimeBearer: alice,
	}))
	_, refused := client.DeleteChannel(ctx, &chimesdkmessaging.DeleteChannelInput{ChannelArn: channel, ChimeBearer: bob})
	first := listed.ChannelMessages[0]
	endpoint := must(client.GetMessagingSessionEndpoint(ctx, &chimesdkmessaging.GetMessagingSessionEndpointInput{}))
	return seen{
		"message":  []any{*first.Content, *first.Sender.Name, *first.MessageId == *sent.MessageId},
		"refused":  failure[*messaging.ForbiddenException](refused),
		"sessions": *endpoint.Endpoint.Url,
	}
}

func useQApps(client *qapps.Client) seen {
	instance := aws.String("8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b")
	name, greeting := "3e57f6a8-92f5-47e1-8a1b-0d8c9d8b5a11", "0c6de0f3-5ae2-4d2b-8f37-9f6a3c2e4d33"
	app := must(client.CreateQApp(ctx, &qapps.CreateQAppInput{
		InstanceId: instance,
		Title:      aws.String("Greeter"),
		AppDefinition: &cards.AppDefinitionInput{Cards: []cards.CardInput{
			&cards.CardInputMemberTextInput{Value: cards.TextInputCardInput{
				Id: &name, Title: aws.String("Name"), Type: cards.CardTypeTextInput,
			}},
			&cards.CardInputMemberQQuery{Value: cards.QQueryCardInput{
				Id: &greeting, Title: aws.String("Greeting"), Type: cards.CardTypeQQuery,
				Prompt: aws.String("Greet @" + name),
			}},
		}},
	}))
	session := must(client.StartQAppSession(ctx, &qapps.StartQAppSessionInput{
		InstanceId: instance, AppId: app.AppId, AppVersion: app.AppVersion,
		InitialValues: []cards.CardValue{{CardId: &name, Value: aws.String("Ada")}},
	}))
	run := must(client.GetQAppSession(ctx, &qapps.GetQAppSessionInput{InstanceId: instance, SessionId: session.SessionId}))
	_, gone := client.GetQApp(ctx, &qapps.GetQAppInput{InstanceId: instance, AppId: &name})
	_, invalid := client.GetQApp(ctx, &qapps.GetQAppInput{InstanceId: instance, AppId: aws.String("no UUID")})
	return seen{
		"created":     []any{*app.Title, app.Status, *app.AppVersion},
		"datesAreNow": isRecent(app.CreatedAt),
		"answer":      []any{run.Status, *run.CardStatus[greeting].CurrentValue},
		"gone":        failure[*cards.ResourceNotFoundException](gone),
		"invalid":     failure[*cards.ValidationException](invalid),
	}
}

func main() {
	cfg := must(config.LoadDefaultConfig(ctx))
	ofIdentity, instance, users := useIdentity(chimesdkidentity.NewFromConfig(cfg))
	results := seen{
		"identity":  ofIdentity,
		"messaging": useMessaging(chimesdkmessaging.NewFromConfig(cfg), instance, users),
		"qApps":     useQApps(qapps.NewFromConfig(cfg)),
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}
