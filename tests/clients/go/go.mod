module qchime/clients

go 1.24

require (
	github.com/aws/aws-sdk-go-v2 v1.41.7
	github.com/aws/aws-sdk-go-v2/config v1.32.17
	github.com/aws/aws-sdk-go-v2/service/chimesdkidentity v1.27.22
	github.com/aws/aws-sdk-go-v2/service/chimesdkmessaging v1.32.19
	github.com/aws/aws-sdk-go-v2/service/qapps v1.11.22
	github.com/aws/smithy-go v1.25.1
)
